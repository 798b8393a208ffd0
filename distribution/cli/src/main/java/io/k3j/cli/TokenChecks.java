package io.k3j.cli;

import io.k3j.pki.ClusterToken;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Finds tokens that cannot be, before anything is started or written. No message has one in it.
final class TokenChecks {
    private TokenChecks() {
    }

    /// What is wrong with `--token` and `--agent-token`, be they given themselves or by a file.
    ///
    /// @param server whether the tokens become this cluster's: its files hold them as lines
    static List<String> problems(Map<String, Object> settings, boolean server) {
        List<String> problems = new ArrayList<>();
        for (String[] one : new String[][] {{"token", "--token"}, {"agentToken", "--agent-token"}}) {
            String text = settings.get(one[0]) instanceof String given ? given : "";
            String flag = settings.get(one[0] + "File") instanceof String file ? one[1] + "-file " + file : one[1];
            try {
                if (!text.isBlank()) {
                    // as it is read later: an agent leaves out blanks around it, to a server they are part of it
                    ClusterToken.parse(server ? text : text.strip());
                }
                if (server && text.indexOf('\n') >= 0) {
                    problems.add("invalid " + flag + ": a token is one line; take the line breaks out of it");
                }
            } catch (IllegalArgumentException malformed) {
                problems.add("invalid " + flag + ": " + malformed.getMessage()
                        + "; must be in format K10<CA-HASH>::<USERNAME>:<PASSWORD> or <PASSWORD>");
            }
        }
        return problems;
    }
}
