package io.k3j.cli;

import io.k3j.kubectl.Kubectl;
import java.util.List;

/// What to do when no real program is found: a small kubectl of our own, and for the others what to install.
final class BuiltIn {
    private static final int NOT_FOUND = 127;

    private BuiltIn() {
    }

    /// How to get what the small kubectl does not have.
    static String rest(String dataDir, String architecture) {
        String release = Main.VERSION.substring(0, Main.VERSION.indexOf('+'));
        return "for the rest put a kubectl into " + dataDir + "/data/current/bin or a directory of PATH, for example:"
                + " curl -LO https://dl.k8s.io/release/" + release + "/bin/linux/"
                + (architecture.equals("aarch64") ? "arm64" : architecture)
                + "/kubectl && install -m 755 kubectl /usr/local/bin/kubectl";
    }

    static int run(String tool, List<String> arguments, Host host, EarlyKeys early) {
        if (tool.equals("kubectl")) {
            return Kubectl.run(arguments, Tools.kubeconfig(host.environment(), early.kubeconfig(), host.home()),
                    rest(early.dataDir(), System.getProperty("os.arch", "")), System.out, System.err);
        }
        System.err.println("k3s: no " + tool + " found on PATH or in " + early.dataDir() + "/data/current/bin; install "
                + (tool.equals("ctr") ? "containerd" : "cri-tools"));
        return NOT_FOUND;
    }
}
