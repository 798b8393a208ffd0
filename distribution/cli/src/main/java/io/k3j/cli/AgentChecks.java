package io.k3j.cli;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Finds what an agent cannot join with, before anything is started or written.
final class AgentChecks {
    private AgentChecks() {
    }

    static List<String> problems(Map<String, Object> settings) {
        List<String> problems = new ArrayList<>();
        String server = settings.get("server") instanceof String s ? s.strip() : "";
        String token = settings.get("token") instanceof String s ? s.strip() : "";
        if (server.isEmpty()) {
            problems.add("--server is required: the address of a server, for example --server=https://192.0.2.1:6443 "
                    + "(or K3S_URL)");
        } else if (!https(server)) {
            problems.add("only https:// URLs are supported, invalid --server \"" + server
                    + "\": it must be as https://192.0.2.1:6443");
        }
        if (token.isEmpty()) {
            problems.add("--token is required: the content of /var/lib/rancher/k3s/server/node-token of a server "
                    + "(or --token-file, or K3S_TOKEN)");
        }
        return problems;
    }

    private static boolean https(String server) {
        try {
            URI uri = URI.create(server);
            return "https".equals(uri.getScheme()) && uri.getHost() != null;
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }
}
