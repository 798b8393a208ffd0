package io.k3j.e2e;

import io.k3j.testkitmachine.Machine;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.TreeMap;

/// Paths, sizes and times of what a machine wrote.
final class Tree {
    private Tree() {
    }

    /// As it is now; directories without sizes and times of their own when nothing in them changed anyway.
    static Map<String, String> of(Machine machine) throws IOException {
        Map<String, String> all = new TreeMap<>();
        for (String part : new String[] {"etc", "var", "rancher", "kubelet", "cni"}) {
            Files.walkFileTree(machine.dir().resolve(part), new Visitor(machine.dir(), all));
        }
        return all;
    }

    /// What goes away during the walk is not there.
    private static final class Visitor extends SimpleFileVisitor<Path> {
        private final Path root;
        private final Map<String, String> all;

        Visitor(Path root, Map<String, String> all) {
            this.root = root;
            this.all = all;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            all.put(root.relativize(directory).toString(), "directory");
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            all.put(root.relativize(file).toString(),
                    attributes.size() + " bytes of " + attributes.lastModifiedTime());
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }
    }
}
