namespace AlbertCompiled.Training;

/// <summary>The style sheet of a <see cref="GraphPicture"/>. It has no variables: drawing programs do not know them.</summary>
static class GraphStyle
{
    public const string Text = """

        text { font: 12px system-ui, "DejaVu Sans", sans-serif; fill: #1c2330; }
        .page { fill: #f6f7f9; } .title { font-size: 23px; font-weight: 650; } .lead { font-size: 14px; fill: #5a6375; } .legend { fill: #5a6375; }
        .heading { font-size: 14px; font-weight: 650; } .region { font-size: 11px; fill: #5a6375; }
        .pass { fill: #3b6fd4; } .pass.backward { fill: #d2562b; } .pass-name { font-size: 11px; fill: #5a6375; letter-spacing: 1px; }
        .loop { fill: #3b6fd4; fill-opacity: .045; stroke: #97a3b8; stroke-dasharray: 5 4; } .loop-name { font-size: 12px; font-weight: 600; fill: #5a6375; }
        .statement .box { fill: #ffffff; stroke: #dfe3ea; } .code { font: 10.2px ui-monospace, "DejaVu Sans Mono", monospace; } .code.more, .statement.backward .code { fill: #5a6375; }
        .link { fill: none; stroke: #b9c2d0; stroke-width: 1.2; }
        .name { font-weight: 600; font-size: 11.5px; } .shape, .share { font-size: 9.8px; fill: #5a6375; }
        .box, rect.kernel { fill-opacity: .2; stroke-width: 1; } .statement .box { fill-opacity: 1; } .arena { fill: #ffffff; stroke: #e3e6ec; }
        .slot .box { fill-opacity: .26; stroke-opacity: .75; } .slot-name { font-size: 10px; } .slot:hover .box, .kernel:hover .box { fill-opacity: .5; }
        .Product .box, rect.Product { fill: #3b6fd4; stroke: #3b6fd4; } .Product .bar { fill: #3b6fd4; }
        .Attention .box, rect.Attention { fill: #d98a1f; stroke: #c47912; } .Attention .bar { fill: #d98a1f; }
        .Row .box, rect.Row { fill: #2e9e6b; stroke: #2e9e6b; } .Row .bar { fill: #2e9e6b; }
        .ColumnSum .box, rect.ColumnSum { fill: #8a5cc9; stroke: #8a5cc9; } .ColumnSum .bar { fill: #8a5cc9; }
        .Scatter .box, rect.Scatter { fill: #c9485b; stroke: #c9485b; } .Scatter .bar { fill: #c9485b; }
        .write { fill: #1c2330; } .read { fill: #ffffff; stroke: #1c2330; stroke-width: 1.2; }
        @media (prefers-color-scheme: dark) {
        text { fill: #e6e9ef; } .page { fill: #14171c; } .lead, .legend, .region, .pass-name, .loop-name, .code.more, .statement.backward .code, .shape, .share { fill: #98a1b3; }
        .statement .box, .arena { fill: #1d2128; stroke: #303641; } .link { stroke: #4a5364; } .loop { fill-opacity: .1; stroke: #56607a; }
        .box, rect.kernel { fill-opacity: .32; } .slot .box { fill-opacity: .38; } .write { fill: #e6e9ef; } .read { fill: #14171c; stroke: #e6e9ef; }
        }

        """;
}
