package io.k3j.cli;

import io.k3j.durablefiles.DurableFiles;
import io.k3j.launcher.LaunchPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/// `--with-node-id`: eight hexadecimal digits that are this machine's for ever, after the node's name.
final class NodeId {
    private static final int BYTES = 4;

    private NodeId() {
    }

    /// The plan with the node's full name; makes the identifier when the machine has none.
    static LaunchPlan named(LaunchPlan plan, Path file) {
        if (!plan.flag("withNodeId")) {
            return plan;
        }
        Map<String, Object> settings = new HashMap<>(plan.settings());
        settings.put("nodeName", plan.text("nodeName", "") + "-" + id(file));
        return new LaunchPlan(plan.role(), plan.dataDir(), settings, plan.disabled(), plan.whereSet());
    }

    /// A file without one, as a power cut may leave, is none.
    private static String id(Path file) {
        try {
            String known = Files.exists(file) ? Files.readString(file).strip() : "";
            if (!known.isEmpty()) {
                return known;
            }
            byte[] bytes = new byte[BYTES];
            new SecureRandom().nextBytes(bytes);
            String id = HexFormat.of().formatHex(bytes);
            Files.createDirectories(file.getParent());
            DurableFiles.write(file, id + "\n", "rw-r--r--");
            return id;
        } catch (IOException disk) {
            throw new UsageFailure("cannot read or make " + file + " for --with-node-id: " + disk.getMessage());
        }
    }
}
