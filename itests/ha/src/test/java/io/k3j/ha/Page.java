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
    /// @param place the page and the line it begins at, as `PAGE:LINE`
    /// @param marker what its comment says
    /// @param action `file`, `append`, `run` or `start`; empty when it has no comment
    /// @param path of a file, else empty
    /// @param variant empty when it belongs to all
    /// @param language what the page says it is written in, empty when it says nothing
    record Block(String place, String marker, String action, String path, List<String> hosts, String variant,
            String language, String text) {
    }

    /// Reads a page by its name.
    static Page of(String name) throws IOException {
        Path file = docs().resolve(name);
        List<Block> blocks = new ArrayList<>();
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith(FENCE)) {
                int end = i + 1;
                while (!lines.get(end).equals(FENCE)) {
                    end++;
                }
                String text = String.join("\n", lines.subList(i + 1, end)) + "\n";
                blocks.add(block(name + ":" + (i + 1), marker(i == 0 ? "" : lines.get(i - 1).strip()),
                        lines.get(i).substring(FENCE.length()), text));
                i = end;
            }
        }
        return new Page(file, blocks);
    }

    /// The directory of pages.
    static Path docs() {
        return Path.of("../../docs").toAbsolutePath().normalize();
    }

    private static String marker(String line) {
        return line.startsWith("<!-- ") && line.endsWith(" -->") ? line.substring(5, line.length() - 4) : "";
    }

    private static Block block(String place, String marker, String language, String text) {
        List<String> words = List.of(marker.split(" "));
        int on = words.indexOf("on");
        int of = words.indexOf("for");
        int end = of < 0 ? words.size() : of;
        return new Block(place, marker, words.getFirst(), on > 1 ? words.get(1) : "", words.subList(on + 1, end),
                of < 0 ? "" : words.get(of + 1), language, text);
    }

    /// The blocks for a host in a variant, in order.
    List<Block> blocks(String host, String variant) {
        return blocks.stream().filter(b -> b.hosts().contains(host))
                .filter(b -> b.variant().isEmpty() || b.variant().equals(variant)).toList();
    }

    /// The blocks whose comment says just that.
    List<Block> marked(String marker) {
        return blocks.stream().filter(b -> b.marker().equals(marker)).toList();
    }
}
