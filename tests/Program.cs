using AlbertCompiled.Tests.Gpu.Stub;

// The test host loads this assembly; tests start it as a program of its own where a process must see another driver.
if (args is not [var name] || !StubScenarios.All.TryGetValue(name, out var scenario)) return 2;
scenario();
return 0;
