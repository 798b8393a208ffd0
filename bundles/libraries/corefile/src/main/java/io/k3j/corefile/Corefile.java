package io.k3j.corefile;

import io.k3j.corefile.CorefileTokens.Token;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The grammar of a Corefile: server blocks with their keys and directives, snippets, `import` of snippets and files
/// (<https://coredns.io/manual/configuration/>). What a directive means is not known here. Pure.
public final class Corefile {
    /// What a Corefile may grow to by its imports.
    static final int MOST_TOKENS = 100_000;
    private static final int DEEPEST_IMPORT = 16;
    /// How many files and snippets may be put in place: a few files that import each other many times, and hold no
    /// word, never reach [#MOST_TOKENS].
    static final int MOST_IMPORTS = 10_000;
    private static final long ROWS = 10_000_000;
    private final ConfigFiles files;
    private final Map<String, String> environment;
    private final Map<String, List<Token>> snippets = new HashMap<>();
    private List<Token> tokens = new ArrayList<>();
    private int at;
    private long imports;

    /// A server block: for which zones and ports, and what it does.
    /// @param keys at least one, as `example.org:53`, without the commas between them
    /// @param directives in the order they are written, imports in place
    public record Block(List<Token> keys, List<Directive> directives) {
    }

    /// A plug-in with its arguments and the lines of its own block.
    /// @param name with file and line, for whoever finds it wrong
    /// @param arguments the words after it on its line
    /// @param lines those between its braces; empty without braces
    public record Directive(Token name, List<String> arguments, List<Line> lines) {
        public CorefileProblem invalid(String what) {
            return CorefileProblem.invalid(name.file(), name.line(), name.text() + ": " + what);
        }
    }

    /// An option of a plug-in with its arguments.
    /// @param name with file and line
    /// @param arguments the words after it on its line
    public record Line(Token name, List<String> arguments) {
        public CorefileProblem invalid(String what) {
            return CorefileProblem.invalid(name.file(), name.line(), name.text() + ": " + what);
        }
    }

    private Corefile(ConfigFiles files, Map<String, String> environment) {
        this.files = files;
        this.environment = environment;
    }

    /// The blocks of a file.
    /// @param path of the file to begin with, which has to be among `files`
    /// @param environment what `{$NAME}` stands for
    /// @return server blocks in order, without the snippets
    /// @throws CorefileProblem saying where and why
    public static List<Block> parse(String path, ConfigFiles files, Map<String, String> environment) {
        Corefile parser = new Corefile(files, environment);
        String text = files.read(path).orElseThrow(() -> CorefileProblem.invalid(path, 1, "there is no such key"));
        parser.tokens = new ArrayList<>(parser.imported(CorefileTokens.of(path, text, environment), 0, Set.of()));
        return parser.blocks();
    }

    private List<Block> blocks() {
        List<Block> all = new ArrayList<>();
        while (at < tokens.size()) {
            Block block = block();
            String first = block.keys().getFirst().text();
            if (block.keys().size() != 1 || !first.startsWith("(") || !first.endsWith(")")) {
                all.add(block);
            }
        }
        return all;
    }

    /// Keys up to the brace or the line end, then directives up to the closing brace.
    private Block block() {
        List<Token> keys = new ArrayList<>();
        boolean more = true;
        while (more && at < tokens.size() && !tokens.get(at).text().equals("{")) {
            Token t = tokens.get(at++);
            String text = t.text().endsWith(",") ? t.text().substring(0, t.text().length() - 1) : t.text();
            if (!text.isEmpty()) {
                keys.add(new Token(text, t.file(), t.line(), t.row()));
            }
            more = t.text().endsWith(",") || at < tokens.size() && t.beside(tokens.get(at));
        }
        if (keys.isEmpty()) {
            throw problem("a server block without a zone");
        }
        List<Directive> directives = new ArrayList<>();
        if (at < tokens.size() && tokens.get(at).text().equals("{")) {
            at++;
            while (!closes("the server block")) {
                directives.add(directive());
            }
            at++;
        } else {
            // one block alone may stand without braces
            while (at < tokens.size()) {
                directives.add(directive());
            }
        }
        return new Block(keys, directives);
    }

    /// A name, its arguments, and a block of its own when a brace ends the line.
    private Directive directive() {
        Token name = tokens.get(at++);
        if (name.text().equals("{") || name.text().equals("}")) {
            at--;
            throw problem("unexpected " + name.text());
        }
        List<String> arguments = arguments(name);
        List<Line> lines = new ArrayList<>();
        if (at < tokens.size() && tokens.get(at).text().equals("{") && tokens.get(at - 1).beside(tokens.get(at))) {
            at++;
            while (!closes(name.text())) {
                Token option = tokens.get(at++);
                lines.add(new Line(option, arguments(option)));
            }
            at++;
        }
        return new Directive(name, arguments, lines);
    }

    private boolean closes(String what) {
        if (at >= tokens.size()) {
            throw problem("the file ends before the } of " + what);
        }
        return tokens.get(at).text().equals("}");
    }

    /// The words on the line of `name`, up to a brace that opens a block.
    private List<String> arguments(Token name) {
        List<String> all = new ArrayList<>();
        Token before = name;
        while (at < tokens.size() && before.beside(tokens.get(at)) && !opens() && !tokens.get(at).text().equals("}")) {
            before = tokens.get(at++);
            all.add(before.text());
        }
        return all;
    }

    /// A brace opens a block only at the end of its line; elsewhere it is an argument.
    private boolean opens() {
        return tokens.get(at).text().equals("{")
                && (at + 1 >= tokens.size() || !tokens.get(at).beside(tokens.get(at + 1)));
    }

    private CorefileProblem problem(String what) {
        Token t = tokens.isEmpty() ? new Token("", ConfigFiles.DIRECTORY + "Corefile", 1, 1)
                : tokens.get(Math.min(at, tokens.size() - 1));
        return CorefileProblem.invalid(t.file(), t.line(), what);
    }

    /// The words with every `import` that begins a line replaced, and snippets remembered on the way.
    private List<Token> imported(List<Token> some, int depth, Set<String> open) {
        List<Token> all = new ArrayList<>();
        for (int i = 0; i < some.size(); i++) {
            Token t = some.get(i);
            boolean first = i == 0 || !some.get(i - 1).beside(t);
            if (first && t.text().equals("import")) {
                if (i + 1 >= some.size() || !t.beside(some.get(i + 1))) {
                    throw CorefileProblem.invalid(t.file(), t.line(), "import: a file or snippet has to follow");
                }
                all.addAll(content(some.get(++i), depth, open));
            } else {
                all.add(t);
            }
            if (all.size() > MOST_TOKENS) {
                throw CorefileProblem.invalid(t.file(), t.line(),
                        "more than " + MOST_TOKENS + " words (MOST_TOKENS) with all imports");
            }
            if (t.text().equals("}") && depth == 0) {
                remember(all);
            }
        }
        return all;
    }

    /// Remembers the snippet that has just ended, if it was one.
    private void remember(List<Token> all) {
        int level = 0;
        for (int i = all.size() - 1; i > 0; i--) {
            String text = all.get(i).text();
            level += text.equals("}") ? 1 : text.equals("{") ? -1 : 0;
            if (level == 0) {
                String name = all.get(i - 1).text();
                if (name.startsWith("(") && name.endsWith(")")) {
                    snippets.put(name.substring(1, name.length() - 1), List.copyOf(all.subList(i + 1, all.size() - 1)));
                }
                return;
            }
        }
    }

    /// What an import stands for: the snippet of that name, else all files that fit, in order.
    private List<Token> content(Token what, int depth, Set<String> open) {
        if (depth >= DEEPEST_IMPORT || open.contains(what.text())) {
            throw CorefileProblem.invalid(what.file(), what.line(), "import of " + what.text() + " leads to itself");
        }
        if (imports >= MOST_IMPORTS) {
            throw CorefileProblem.invalid(what.file(), what.line(),
                    "more than " + MOST_IMPORTS + " imports (MOST_IMPORTS)");
        }
        Set<String> within = new HashSet<>(open);
        within.add(what.text());
        List<Token> snippet = snippets.get(what.text());
        if (snippet != null) {
            return moved(imported(snippet, depth + 1, within));
        }
        List<String> paths = files.matching(what.text());
        if (paths.isEmpty() && !what.text().contains("*") && !what.text().contains("?")) {
            throw CorefileProblem.invalid(what.file(), what.line(), "import: there is no snippet or file "
                    + what.text() + "; files are the keys of the ConfigMaps coredns and coredns-custom");
        }
        List<Token> all = new ArrayList<>();
        for (String path : paths) {
            List<Token> some = CorefileTokens.of(path, files.read(path).orElse(""), environment);
            all.addAll(moved(imported(some, depth + 1, within)));
        }
        return all;
    }

    /// With rows of their own, so that no word is beside one of another import.
    private List<Token> moved(List<Token> some) {
        long rows = ++imports * ROWS;
        return some.stream().map(t -> t.moved(rows)).toList();
    }
}
