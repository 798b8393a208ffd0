package io.k3j.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Whose the machine's files are: the packages' names, versions and licences go into the image with them, where
/// scanners of images look (`/var/lib/dpkg/status.d`) and where Debian keeps licences.
final class DebianRecords {
    private DebianRecords() {
    }

    /// The packages that files belong to, without an architecture. What belongs to none is left out.
    static Set<String> owners(Collection<Path> files) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("dpkg-query", "--search"));
        for (Path file : files) {
            // known by the path of before /lib became a link, or by the one of after
            String path = file.toString();
            command.add(path.startsWith("/usr/") ? path.substring("/usr".length()) : path);
            command.add(path.startsWith("/usr/") ? path : "/usr" + path);
        }
        Set<String> found = new TreeSet<>();
        for (String line : Commands.output(command).lines().toList()) {
            int end = line.indexOf(": /");
            if (end > 0 && !line.startsWith("diversion by ")) {
                found.add(line.substring(0, end).replaceFirst("[:,].*", ""));
            }
        }
        return found;
    }

    /// Adds what is known about packages.
    static void into(RootTree tree, Collection<String> packages) throws IOException, InterruptedException {
        for (String name : packages) {
            tree.text("/var/lib/dpkg/status.d/" + name, Commands.output(List.of("dpkg-query", "--status", name)));
            Path licence = Path.of("/usr/share/doc", name, "copyright");
            if (Files.exists(licence)) {
                tree.copy(licence.toString(), licence);
            }
        }
    }
}
