namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>Parses PTX: declarations, scopes, labels, statements with their operands. What an opcode means is not its concern.</summary>
sealed class PtxParser(List<PtxToken> tokens)
{
    readonly PtxModule module = new();
    readonly PtxScope global = new(null);
    PtxEntry entry = null!;
    int at, registers;

    PtxToken Next => tokens[at];

    /// <summary>Parses the text.</summary>
    public PtxModule Module()
    {
        while (Next.Kind != PtxTokenKind.End)
        {
            switch (Next.Text)
            {
                case ".version": at++; module.Version = Decimal(); break;
                case ".target":
                    at++;
                    module.Target = Word();
                    while (Accept(',')) Word();
                    break;
                case ".address_size": at++; Integer(); break;
                case ".file": while (Next.Line == tokens[at + 1].Line) at++; at++; break;
                case ".visible" or ".weak": at++; break;
                case ".entry": at++; Entry(); break;
                case ".extern" when tokens[at + 1].Is(".func"): Function(isExternal: true); break;
                case ".func": Function(isExternal: false); break;
                case ".extern" or ".shared" or ".global" or ".const":
                    var variable = Variable();
                    module.Variables.Add(variable);
                    global.Declare(variable.Name, variable, Next.Line);
                    Expect(';');
                    break;
                default: throw Unexpected("a declaration");
            }
        }

        return module;
    }

    string Decimal() => tokens[at++].Text;

    // Functions that instructions of their own take the place of stay behind in the text; a call of one is an unknown instruction.
    void Function(bool isExternal)
    {
        while (!Next.Is(';') && !Next.Is('{'))
        {
            if (Next.Kind == PtxTokenKind.End) throw Unexpected("';'");
            if (isExternal && Next.Kind == PtxTokenKind.Word && !Next.Text.StartsWith('.') && tokens[at + 1].Is('(')) module.Externals.Add(Next.Text);
            at++;
        }

        for (int depth = 0; at < tokens.Count; at++)
        {
            depth += Next.Is('{') ? 1 : Next.Is('}') ? -1 : 0;
            if (depth > 0) continue;
            at++;
            return;
        }
    }

    void Entry()
    {
        entry = new(Word(), new(global));
        module.Entries.Add(entry);
        registers = 0;
        if (Accept('('))
        {
            while (!Accept(')'))
            {
                var parameter = Variable();
                int offset = (entry.ParameterBytes + parameter.Align - 1) / parameter.Align * parameter.Align;
                entry.Parameters.Add((parameter, offset));
                entry.ParameterBytes = offset + parameter.Bytes;
                entry.Body.Declare(parameter.Name, parameter, Next.Line);
                Accept(',');
            }
        }

        while (!Next.Is('{'))
        {
            string name = Word();
            var values = new List<int>();
            while (Next.Kind == PtxTokenKind.Number)
            {
                values.Add(Integer());
                Accept(',');
            }

            entry.Directives[name] = [.. values];
        }

        at++;
        Body(entry.Body);
    }

    /// <summary>Statements up to the closing brace.</summary>
    void Body(PtxScope scope)
    {
        while (!Accept('}'))
        {
            if (Next.Kind == PtxTokenKind.End) throw Unexpected("'}'");
            if (Accept('{'))
            {
                Body(new(scope));
            }
            else if (Accept(';'))
            {
            }
            else if (Next.Kind == PtxTokenKind.Word && tokens[at + 1].Is(':'))
            {
                Label(scope);
            }
            else if (Next.Is(".reg"))
            {
                at++;
                Registers(scope);
            }
            else if (Next.Is(".shared") || Next.Is(".local"))
            {
                var variable = Variable();
                entry.Variables.Add(variable);
                scope.Declare(variable.Name, variable, Next.Line);
                Expect(';');
            }
            else if (Next.Is(".loc"))
            {
                int line = Next.Line;
                while (Next.Line == line) at++;
            }
            else if (Next.Is(".pragma"))
            {
                while (!Accept(';')) at++;
            }
            else
            {
                Statement(scope);
            }
        }
    }

    void Label(PtxScope scope)
    {
        var label = new PtxLabel(Word()) { Statement = entry.Statements.Count };
        scope.Declare(label.Name, label, Next.Line);
        Expect(':');
        if (!Next.Is(".branchtargets")) return;
        at++;
        label.Targets = [Word()];
        while (Accept(',')) label.Targets.Add(Word());
        Expect(';');
    }

    void Registers(PtxScope scope)
    {
        int line = Next.Line;
        string typeName = Word();
        if (!PtxType.TryParse(typeName[1..], out var type)) throw new PtxException(line, $"unknown type {typeName}");
        do
        {
            string name = Word();
            if (Accept('<'))
            {
                int count = Integer();
                Expect('>');
                for (int i = 0; i < count; i++) scope.Declare($"{name}{i}", new PtxRegister($"{name}{i}", type, registers++), line);
            }
            else
            {
                scope.Declare(name, new PtxRegister(name, type, registers++), line);
            }
        }
        while (Accept(','));
        Expect(';');
    }

    /// <summary><c>.extern .shared .align 16 .b8 name[1024]</c>, also as a parameter.</summary>
    PtxVariable Variable()
    {
        string space = "";
        int align = 0;
        bool external = false;
        PtxType type = default;
        while (Next.Kind == PtxTokenKind.Word && Next.Text[0] == '.')
        {
            string word = Word();
            if (word == ".extern") external = true;
            else if (word is ".align") align = Integer();
            else if (word is ".visible" or ".weak" or ".ptr") continue;
            else if (PtxType.TryParse(word[1..], out var named)) type = named;
            else space = word[1..];
        }

        if (type.Bytes == 0) throw Unexpected("a type");
        string name = Word();
        int bytes = type.Bytes;
        while (Accept('['))
        {
            bytes *= Next.Is(']') ? 0 : Integer();
            Expect(']');
        }

        byte[]? content = null;
        if (Accept('='))
        {
            var values = new List<byte>();
            Expect('{');
            while (!Accept('}'))
            {
                bool negative = Accept('-');
                ulong value = negative ? (ulong)-(long)tokens[at++].Bits : tokens[at++].Bits;
                values.AddRange(BitConverter.GetBytes(value).Take(type.Bytes));
                Accept(',');
            }

            content = [.. values];
            if (bytes == 0) bytes = content.Length;
        }

        return new(name, space, align == 0 ? type.Bytes : align, bytes, external, content);
    }

    void Statement(PtxScope scope)
    {
        int start = at, line = Next.Line;
        string? guard = null;
        bool negated = false;
        if (Accept('@'))
        {
            negated = Accept('!');
            guard = Word();
        }

        string[] opcode = Word().Split('.');
        var operands = new List<PtxOperand>();
        while (!Next.Is(';'))
        {
            operands.Add(Operand());
            if (!Next.Is(';') && !Accept(',')) throw Unexpected("',' or ';'");
        }

        string text = string.Join(' ', tokens.Skip(start).Take(at - start).Select(t => t.Text));
        at++;
        entry.Statements.Add(new(guard, negated, opcode, [.. operands], scope, line, text));
    }

    PtxOperand Operand()
    {
        var first = Single();
        return Accept('|') ? new('|', Parts: [first, Single()]) : first;
    }

    PtxOperand Single()
    {
        if (Accept('{')) return new('v', Parts: List('}'));
        if (Accept('(')) return new('(', Parts: List(')'));
        if (Accept('[')) return Address();
        bool negated = Accept('!'), minus = !negated && Accept('-');
        var token = tokens[at++];
        if (token.Kind == PtxTokenKind.Number)
        {
            bool real = token.Text.Contains('.') || token.Text.StartsWith("0f", StringComparison.OrdinalIgnoreCase) || token.Text.StartsWith("0d", StringComparison.OrdinalIgnoreCase);
            ulong sign = !minus ? 0 : token.Text.StartsWith("0f", StringComparison.OrdinalIgnoreCase) ? 1UL << 31 : 1UL << 63;
            return new('n', token.Text, real ? token.Bits ^ sign : minus ? (ulong)-(long)token.Bits : token.Bits);
        }

        if (token.Kind != PtxTokenKind.Word || minus)
        {
            at--;
            throw Unexpected("an operand");
        }

        if (Next.Is('+') && tokens[at + 1].Kind == PtxTokenKind.Number)
        {
            at++;
            return new('w', token.Text, (ulong)Integer());
        }

        return new('w', token.Text, Negated: negated);
    }

    PtxOperand[] List(char end)
    {
        var parts = new List<PtxOperand>();
        while (!Accept(end))
        {
            parts.Add(Single());
            if (!Next.Is(end)) Expect(',');
        }

        return [.. parts];
    }

    /// <summary><c>[base+offset]</c>, or a tensor's <c>[map, {x, y}]</c>.</summary>
    PtxOperand Address()
    {
        var token = tokens[at++];
        ulong offset = 0;
        string name = "";
        if (token.Kind == PtxTokenKind.Number) offset = token.Bits;
        else if (token.Kind == PtxTokenKind.Word) name = token.Text;
        else throw Unexpected("an address");
        while (Next.Is('+') || Next.Is('-'))
        {
            bool minus = Next.Is('-');
            at++;
            if (!minus) minus = Accept('-');
            if (Next.Kind != PtxTokenKind.Number) throw Unexpected("a constant offset");
            long value = (long)tokens[at++].Bits;
            offset += (ulong)(minus ? -value : value);
        }

        var parts = new List<PtxOperand>();
        while (Accept(',')) parts.Add(Single());
        Expect(']');
        return new('m', name, offset, Parts: [.. parts]);
    }

    string Word() => Next.Kind == PtxTokenKind.Word ? tokens[at++].Text : throw Unexpected("a name");

    int Integer()
    {
        bool minus = Accept('-');
        if (Next.Kind != PtxTokenKind.Number) throw Unexpected("a number");
        int value = (int)tokens[at++].Bits;
        return minus ? -value : value;
    }

    bool Accept(char mark)
    {
        if (!Next.Is(mark)) return false;
        at++;
        return true;
    }

    void Expect(char mark)
    {
        if (!Accept(mark)) throw Unexpected($"'{mark}'");
    }

    PtxException Unexpected(string wanted) => new(Next.Line, $"{wanted} expected, found {Next.Text}");
}
