package io.k3j.ha;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A page of `docs/` whose code blocks say in a comment before them what they are:
///
/// ```
/// <!-- file PATH on HOST … -->      becomes that file
/// <!-- append PATH on HOST … -->    comes after what is in it
/// <!-- run on HOST … -->            commands that end
/// <!-- start on HOST … -->          commands that do not
/// ```
///
/// A last `for WORD` names the variant of the page it belongs to.
record Page(Path file, List<Block> blocks) {
    private static final String FENCE = "```";

    /// One code block.
    ///
    /// @param action `file`, `append`, `run` or `start`
    /// @param path of a file, else empty
    /// @param variant empty when it belongs to all
    record Block(String action, String path, List<String> hosts, String variant, String text) {
    }

    /// Reads a page by its name.
    static Page of(String name) throws IOException {
        Path file = docs().resolve(name);
        List<Block> blocks = new ArrayList<>();
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            boolean comment = line.startsWith("<!-- ") && line.endsWith(" -->");
            if (comment && lines.get(i + 1).startsWith(FENCE)) {
                int end = i + 2;
                while (!lines.get(end).equals(FENCE)) {
                    end++;
                }
                String text = String.join("\n", lines.subList(i + 2, end)) + "\n";
                blocks.add(block(List.of(line.substring(5, line.length() - 4).split(" ")), text));
                i = end;
            }
        }
        return new Page(file, blocks);
    }

    /// The directory of pages.
    static Path docs() {
        return Path.of("../../docs").toAbsolutePath().normalize();
    }

    private static Block block(List<String> words, String text) {
        int on = words.indexOf("on");
        int of = words.indexOf("for");
        int end = of < 0 ? words.size() : of;
        return new Block(words.getFirst(), on > 1 ? words.get(1) : "", words.subList(on + 1, end),
                of < 0 ? "" : words.get(of + 1), text);
    }

    /// The blocks for a host in a variant, in order.
    List<Block> blocks(String host, String variant) {
        return blocks.stream().filter(b -> b.hosts().contains(host))
                .filter(b -> b.variant().isEmpty() || b.variant().equals(variant)).toList();
    }
}
