package io.k3j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The kernel settings that `--protect-kernel-defaults` wants, upstream's
/// (<https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/util/sysctl/sysctl.go>).
final class KernelDefaults {
    private static final Map<String, String> WANTED = wanted();

    private KernelDefaults() {
    }

    private static Map<String, String> wanted() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("vm.overcommit_memory", "1");
        all.put("vm.panic_on_oom", "0");
        all.put("kernel.panic", "10");
        all.put("kernel.panic_on_oops", "1");
        all.put("kernel.keys.root_maxkeys", "1000000");
        all.put("kernel.keys.root_maxbytes", "25000000");
        return all;
    }

    /// What is not as wanted, all in one sentence with what sets it; none when all is.
    ///
    /// @param sysctls `/proc/sys`
    static List<String> problems(Path sysctls) {
        List<String> wrong = new ArrayList<>();
        List<String> names = new ArrayList<>();
        WANTED.forEach((name, value) -> {
            String actual = actual(sysctls.resolve(name.replace('.', '/')));
            if (!actual.equals(value)) {
                wrong.add(name + ", expected value: " + value + ", actual value: " + actual);
                names.add(name);
            }
        });
        return wrong.isEmpty() ? List.of() : List.of("invalid kernel flag: " + String.join("; ", wrong)
                + " (--protect-kernel-defaults); type: sysctl -w "
                + names.stream().map(n -> n + "=" + WANTED.get(n)).collect(Collectors.joining(" "))
                + ", and write the same into /etc/sysctl.d/90-kubelet.conf, or start without that flag");
    }

    private static String actual(Path file) {
        try {
            // not Files.readString, whose first read is of one byte: a number below /proc/sys ends after the first read
            return String.join(" ", Files.readAllLines(file)).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
