using System.Runtime.CompilerServices;

// ILGPU's simulator compiles launchers into an assembly of this name; without it kernels would have to be public.
[assembly: InternalsVisibleTo("ILGPURuntime")]
