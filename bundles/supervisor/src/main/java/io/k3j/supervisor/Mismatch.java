package io.k3j.supervisor;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/// This server's flags contradict the cluster's. The message is the whole table.
final class Mismatch extends IOException {
    private static final long serialVersionUID = 1L;
    private static final int FLAG_WIDTH = 25;
    private static final int VALUE_WIDTH = 26;

    private Mismatch(String message) {
        super(message);
    }

    /// All differences at once.
    ///
    /// @param whereSet flag in camel case to where this server has it from
    static Mismatch of(List<Agreement.Difference> all, AgreedRecord cluster, Map<String, String> whereSet) {
        StringBuilder text = new StringBuilder("this server's configuration differs from the cluster's (agreed by ")
                .append(cluster.by()).append(", ").append(cluster.at()).append(")\n");
        text.append(row("flag", "here", "cluster", "set here by"));
        for (Agreement.Difference one : all) {
            text.append(row(one.flag(), Agreement.shown(one.key(), one.here()),
                    Agreement.shown(one.key(), one.there()), where(one.key(), whereSet)));
        }
        return new Mismatch(text.append(advice(all))
                .append("\ncritical configuration value mismatch between servers").toString());
    }

    private static String where(String key, Map<String, String> whereSet) {
        if (key.equals(Agreement.DATASTORE)) {
            return whereSet.getOrDefault("datastoreEndpoint",
                    whereSet.getOrDefault("clusterInit", whereSet.getOrDefault("server", "default")));
        }
        return whereSet.getOrDefault(key, whereSet.getOrDefault(key + "File", "default"));
    }

    private static String row(String flag, String here, String there, String where) {
        return "  " + padded(flag, FLAG_WIDTH) + padded(here, VALUE_WIDTH) + padded(there, VALUE_WIDTH) + where + "\n";
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(2, width - text.length()));
    }

    private static String advice(List<Agreement.Difference> all) {
        StringBuilder flags = new StringBuilder();
        for (Agreement.Difference one : all) {
            if (!one.fixed()) {
                String value = one.key().equals(Agreement.AGENT_TOKEN) ? "TOKEN" : one.here();
                flags.append(' ').append(one.flag()).append('=').append(value.isEmpty() && bool(one) ? "false" : value);
            }
        }
        return flags.isEmpty() ? "to join, use the cluster's values; these cannot be changed once a cluster exists"
                : "to join, use the cluster's values; to change the cluster's values, run: k3s server-config set"
                        + flags;
    }

    private static boolean bool(Agreement.Difference one) {
        return one.there().equals("true");
    }
}
