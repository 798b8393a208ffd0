package io.k3j.cli;

import io.k3j.pki.ClusterToken;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Finds tokens that cannot be, before anything is started or written. No message has one in it.
final class TokenChecks {
    private static final String AGENT = "agentToken";

    private TokenChecks() {
    }

    /// What is wrong with `--token` and `--agent-token`, be they given themselves or by a file.
    ///
    /// @param server whether the tokens become this cluster's, which keeps them in `server/cred/passwd`
    static List<String> problems(Map<String, Object> settings, boolean server) {
        List<String> problems = new ArrayList<>();
        for (String[] one : new String[][] {{"token", "--token"}, {AGENT, "--agent-token"}}) {
            String text = settings.get(one[0]) instanceof String given ? given : "";
            String flag = settings.get(one[0] + "File") instanceof String file ? one[1] + "-file " + file : one[1];
            try {
                if (!text.isBlank()) {
                    check(one[0], text);
                }
                if (server && text.contains("\r\n")) {
                    problems.add("invalid " + flag + ": a carriage return before a line break is lost in"
                            + " server/cred/passwd, so nobody could join by this token; take it out");
                }
            } catch (IllegalArgumentException malformed) {
                problems.add("invalid " + flag + ": " + malformed.getMessage()
                        + "; must be in format K10<CA-HASH>::<USERNAME>:<PASSWORD> or <PASSWORD>");
            }
        }
        return problems;
    }

    /// As it is read later.
    private static void check(String key, String text) {
        if (key.equals(AGENT)) {
            ClusterToken.agentPassword(text);
        } else {
            ClusterToken.parse(text);
        }
    }
}
