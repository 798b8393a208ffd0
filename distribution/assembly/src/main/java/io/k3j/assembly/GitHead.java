package io.k3j.assembly;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// The commit a source tree is at, read from git's own files: no git has to be installed, and the same commit makes the
/// same bytes.
final class GitHead {
    private static final String REF = "ref: ";

    private GitHead() {
    }

    /// 40 or 64 hexadecimal digits, empty outside a checkout.
    static Optional<String> of(Path tree) throws IOException {
        Path git = tree.resolve(".git");
        if (Files.isRegularFile(git)) {
            // a worktree, or a submodule: its file says where
            git = tree.resolve(Files.readString(git).strip().substring("gitdir: ".length()));
        }
        Optional<String> head = read(git.resolve("HEAD"));
        if (head.isEmpty() || !head.get().startsWith(REF)) {
            return head;
        }
        String name = head.get().substring(REF.length());
        Path common = read(git.resolve("commondir")).map(git::resolve).orElse(git);
        Optional<String> loose = read(common.resolve(name));
        return loose.isPresent() ? loose : packed(common, name);
    }

    private static Optional<String> packed(Path git, String name) throws IOException {
        return read(git.resolve("packed-refs")).flatMap(text -> text.lines().filter(line -> line.endsWith(" " + name))
                .map(line -> line.substring(0, line.indexOf(' '))).findFirst());
    }

    private static Optional<String> read(Path file) throws IOException {
        try {
            return Optional.of(Files.readString(file).strip());
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }
}
