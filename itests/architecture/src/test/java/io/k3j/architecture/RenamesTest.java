package io.k3j.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.nio.file.Files;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// A file that has to be there after a power cut is given its name by the library `durable-files`, which syncs content
/// and directory. Who renames without it is named here with the reason why nothing is lost with the name.
class RenamesTest {
    private static final String ROOT = "io.k3j.";
    private static final Map<String, Set<String>> WITHOUT = Map.of(
            "the library itself", Set.of("durablefiles.Disk"),
            "a log: its last lines may be lost with a machine",
            Set.of("audit.Backups", "audit.LogFile", "childprocess.Daemon", "kubelet.LogFiles",
                    "launcher.log.RotatedFile"),
            "made anew by the next start or the next sync of the pod",
            Set.of("console.SocketName", "kubeletvolumes.AtomicDirectory", "kubeletvolumes.EmptyDirPlugin"),
            "an answer to the process that waits for it", Set.of("helm.Main"),
            "put there again by the author's next build", Set.of("cli.PluginCommand"));

    private final JavaClasses classes = Imported.CLASSES;

    @Test
    void whatHasToLastIsRenamedByDurableFiles() {
        Set<String> renaming = new TreeSet<>();
        for (JavaClass type : classes) {
            if (type.getAccessesFromSelf().stream().anyMatch(RenamesTest::renames)) {
                renaming.add(name(type));
            }
        }
        Set<String> known = WITHOUT.values().stream().flatMap(Set::stream).collect(Collectors.toSet());
        renaming.removeAll(known);
        assertThat(renaming).as("use DurableFiles, or say here why nothing is lost").isEmpty();
    }

    private static String name(JavaClass type) {
        String outer = type.getName().contains("$") ? type.getName().substring(0, type.getName().indexOf('$'))
                : type.getName();
        return outer.substring(ROOT.length());
    }

    private static boolean renames(JavaAccess<?> access) {
        return access.getTargetOwner().isEquivalentTo(Files.class) && access.getName().equals("move");
    }
}
