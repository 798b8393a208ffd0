package io.k3j.clusteragreement;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/// This server's flags contradict the cluster's. The message is the whole table, with what to type next; to be shown
/// as it is.
///
/// The last line is K3s' own sentence, for whoever searches for it. It is thrown before anything was written; the
/// process ends with it, since no retry makes flags agree.
public final class FlagMismatch extends IOException {
    private static final long serialVersionUID = 1L;
    private static final int FLAG_WIDTH = 25;
    private static final int VALUE_WIDTH = 26;

    private FlagMismatch(String message) {
        super(message);
    }

    /// All differences at once.
    ///
    /// @param all those that are wrong, not empty
    /// @param cluster who agreed on the values, and when
    /// @param whereSet flag in camel case to where this server has it from
    static FlagMismatch of(List<Agreement.Difference> all, AgreedRecord cluster, Map<String, String> whereSet) {
        StringBuilder text = new StringBuilder("this server's configuration differs from the cluster's (agreed by ")
                .append(cluster.by()).append(", ").append(cluster.at()).append(")\n");
        text.append(row("flag", "here", "cluster", "set here by"));
        for (Agreement.Difference one : all) {
            text.append(row(one.flag(), Agreement.shown(one.key(), one.here()),
                    Agreement.shown(one.key(), one.there()), where(one.key(), whereSet)));
        }
        return new FlagMismatch(text.append(advice(all))
                .append("\ncritical configuration value mismatch between servers").toString());
    }

    /// The datastore follows from other flags, so the one that was given is named. A token may come from `--token-file`
    /// and its like.
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

    /// Values that are too long push the rest of their row to the right; nothing is cut.
    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(2, width - text.length()));
    }

    /// What cannot change is left out of the command, and a token is not repeated on the screen.
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

    /// An empty value here means `false` when the cluster has `true`.
    private static boolean bool(Agreement.Difference one) {
        return one.there().equals("true");
    }
}
