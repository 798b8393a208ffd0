package io.k3j.cli;

import java.util.List;

/// What to do when no real program is found.
final class BuiltIn {
    private static final int NOT_FOUND = 127;

    private BuiltIn() {
    }

    static int run(String tool, List<String> arguments, EarlyKeys early) {
        System.err.println("k3s: no " + tool + " found on PATH or in " + early.dataDir() + "/data/current/bin; install "
                + (tool.equals("ctr") ? "containerd" : tool.equals("crictl") ? "cri-tools" : "kubectl"));
        return NOT_FOUND;
    }
}
