package io.k3j.launcher;

import io.k3j.componentapi.Phases;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What a start tells its log in K3s' words, which scripts of operators wait and look for. Each line is told when it is
/// true. A function of the plan and the files of the data directory; any thread.
final class StartLines {
    private final LaunchPlan plan;

    StartLines(LaunchPlan plan) {
        this.plan = plan;
    }

    /// Before anything is started.
    ///
    /// @param release as `v1.36.2+k3s1 (01234567)`
    List<String> begin(String release) {
        List<String> lines = new ArrayList<>();
        lines.add("Starting k3s " + (server() ? "" : "agent ") + release);
        if (etcd()) {
            lines.add(Files.exists(plan.dataDir().resolve("server/db/etcd/name"))
                    ? "Managed etcd cluster bootstrap already complete and initialized"
                    : "Managed etcd cluster initializing");
        }
        return lines;
    }

    /// When a phase is reached for the first time.
    List<String> reached(String phase) {
        List<String> lines = new ArrayList<>();
        if (phase.equals(Phases.DATASTORE_READY) && etcd()) {
            lines.add("ETCD server is now running");
        }
        if (phase.equals(Phases.APISERVER_READY) && server()) {
            lines.add("Kube API server is now running");
            lines.add("Tunnel server egress proxy mode: " + plan.text("egressSelectorMode", "agent"));
        }
        if (server() && phase.equals(plan.flag("disableApiserver") ? Phases.CLUSTER_AGREED : Phases.APISERVER_READY)) {
            token(lines, "token", "server", "Server");
            token(lines, "agent-token", "agent", "Agent");
            if (!plan.flag("disableApiserver")) {
                lines.add("Run: k3s kubectl");
            }
        }
        return lines;
    }

    /// Where it lies and what it is for, not what it says.
    private void token(List<String> lines, String name, String command, String who) {
        Path file = plan.dataDir().resolve("server").resolve(name);
        if (Files.exists(file)) {
            lines.add(who + " node token is available at " + file);
            lines.add("To join " + command + " node to cluster: k3s " + command + " -s https://" + address() + ":"
                    + port() + " -t ${" + who.toUpperCase(Locale.ROOT) + "_NODE_TOKEN}");
        }
    }

    /// An address that others reach this server at, where it has one: of those it listens on, as K3s.
    private String address() {
        String bound = plan.text("bindAddress", Ports.EVERYWHERE);
        if (bound.equals(Ports.EVERYWHERE) || bound.equals("::")) {
            bound = plan.settings().get("nodeIp") instanceof String[] own && own.length > 0 ? own[0]
                    : plan.text("advertiseAddress", "127.0.0.1");
        }
        return bound.indexOf(':') < 0 ? bound : "[" + bound + "]";
    }

    private String port() {
        String own = plan.text("supervisorPort", "0");
        return own.equals("0") ? Ports.server(plan) : own;
    }

    private boolean server() {
        return plan.role().equals("server");
    }

    private boolean etcd() {
        return plan.flag("managedEtcd") && !plan.flag("disableEtcd");
    }
}
