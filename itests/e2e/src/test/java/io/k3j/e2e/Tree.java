package io.k3j.e2e;

import io.k3j.testkitmachine.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Paths, sizes and times of what a machine wrote.
final class Tree {
    private Tree() {
    }

    /// As it is now; directories without sizes and times of their own when nothing in them changed anyway.
    static Map<String, String> of(Machine machine) throws IOException {
        Map<String, String> all = new TreeMap<>();
        for (String part : new String[] {"etc", "var", "rancher", "kubelet", "cni"}) {
            try (Stream<Path> files = Files.walk(machine.dir().resolve(part))) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    add(all, machine.dir().relativize(file).toString(), file);
                }
            }
        }
        return all;
    }

    private static void add(Map<String, String> all, String name, Path file) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class,
                    LinkOption.NOFOLLOW_LINKS);
            all.put(name, attributes.isDirectory() ? "directory"
                    : attributes.size() + " bytes of " + attributes.lastModifiedTime());
        } catch (NoSuchFileException e) {
            all.remove(name);
        }
    }
}
