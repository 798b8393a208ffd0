package io.k3j.cli;

import io.k3j.childprocess.Command;
import io.k3j.codec.Json;
import io.k3j.componenthelpers.Cidr;
import io.k3j.model.Struct;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Joins this machine to the tailnet of `--vpn-auth`, as K3s does, by the host's `tailscale`: its addresses there
/// become those of the node, and the pod network goes over it. First of all, since the rest follows from the addresses.
/// A machine that is in a tailnet already stays in it.
final class Vpn {
    /// The link `tailscaled` makes.
    static final String LINK = "tailscale0";
    /// The setting by which the pod network knows.
    static final String SETTING = "vpn";
    private static final String AUTH = "vpnAuth";
    private static final String FILE = "vpnAuthFile";
    private static final String RUNNING = "Running";
    private final Map<String, Object> settings;
    private final Host host;

    private Vpn(Map<String, Object> settings, Host host) {
        this.settings = settings;
        this.host = host;
    }

    /// Programs of this machine.
    @FunctionalInterface
    interface Programs {
        /// Runs one to its end, within a bounded time.
        /// @throws IOException when there is no such program
        Command.Outcome run(List<String> line) throws IOException;
    }

    /// Does nothing without `--vpn-auth`. Takes it out of the settings: nobody else needs the key.
    ///
    /// @param warnings for addresses somebody has given, which are replaced
    /// @return what is wrong
    static List<String> join(Map<String, Object> settings, Host host, List<String> warnings) {
        Vpn vpn = new Vpn(settings, host);
        Object given = settings.remove(AUTH);
        try {
            if (settings.get(FILE) instanceof String file) {
                vpn.join(Files.readString(Path.of(file)).strip(), warnings);
            } else if (given instanceof String text) {
                vpn.join(text, warnings);
            }
            return List.of();
        } catch (IllegalArgumentException refused) {
            return List.of(String.valueOf(refused.getMessage()));
        } catch (IOException unreadable) {
            return List.of("cannot read " + settings.get(FILE) + " given by --vpn-auth-file: "
                    + unreadable.getClass().getSimpleName());
        }
    }

    /// Whether [#join] does anything.
    static boolean asked(Map<String, Object> settings) {
        return settings.containsKey(AUTH) || settings.containsKey(FILE);
    }

    private void join(String text, List<String> warnings) {
        VpnAuth auth = VpnAuth.parse(text);
        Struct status = status();
        if (!status.text("BackendState").equals(RUNNING)) {
            up(auth);
            status = status();
        }
        if (!status.text("BackendState").equals(RUNNING)) {
            throw new IllegalArgumentException("tailscale is not up after tailscale up, it is "
                    + status.text("BackendState") + "; see: tailscale status");
        }
        for (String key : List.of("nodeIp", "nodeExternalIp", "flannelIface")) {
            if (settings.containsKey(key)) {
                warnings.add("warning: --vpn-auth overrides --" + Map.of("nodeIp", "node-ip", "nodeExternalIp",
                        "node-external-ip", "flannelIface", "flannel-iface").get(key));
            }
        }
        settings.put("nodeIp", addresses(status).toArray(String[]::new));
        settings.put("flannelIface", LINK);
        settings.put(SETTING, "tailscale");
    }

    /// Of the family that the node's first address was of, then of the other.
    private List<String> addresses(Struct status) {
        List<String> before = settings.get("nodeIp") instanceof String[] given ? List.of(given) : host.addresses();
        boolean ipv6 = before.stream().findFirst().filter(a -> a.contains(":")).isPresent();
        List<String> all = new ArrayList<>();
        for (boolean family : new boolean[] {ipv6, !ipv6}) {
            status.seq("TailscaleIPs").texts().stream().filter(a -> a.contains(":") == family).findFirst()
                    .map(a -> Cidr.text(InetAddress.ofLiteral(a))).ifPresent(all::add);
        }
        if (all.isEmpty() || all.getFirst().contains(":") != ipv6) {
            throw new IllegalArgumentException("address family mismatch when assigning VPN addresses to node: node="
                    + before + ", VPN=" + all + "; give the node an address of the VPN's family by --node-ip");
        }
        return all;
    }

    private Struct status() {
        Command.Outcome outcome = run(List.of("tailscale", "status", "--json"));
        try {
            return Json.object(outcome.output().getBytes(StandardCharsets.UTF_8));
        } catch (RuntimeException noStatus) {
            throw new IllegalArgumentException("failed to run tailscale status --json: " + outcome.complaint().strip()
                    + "; is tailscaled running?", noStatus);
        }
    }

    /// The key goes through a file, so that no list of processes shows it.
    private void up(VpnAuth auth) {
        try {
            // made for its owner alone
            Path key = Files.createTempFile("k3s-vpn", ".key");
            try {
                Files.writeString(key, auth.joinKey());
                List<String> line = new ArrayList<>(List.of("tailscale", "up", "--auth-key=file:" + key,
                        "--timeout=30s", "--reset"));
                if (!auth.controlServer().isEmpty()) {
                    line.add("--login-server=" + auth.controlServer());
                }
                line.addAll(auth.extra());
                Command.Outcome outcome = run(line);
                if (outcome.code() != 0) {
                    throw new IllegalArgumentException("tailscale up failed: "
                            + auth.masked((outcome.output() + outcome.complaint()).strip()));
                }
            } finally {
                Files.delete(key);
            }
        } catch (IOException disk) {
            throw new IllegalArgumentException("cannot write a temporary file for --vpn-auth: "
                    + disk.getClass().getSimpleName(), disk);
        }
    }

    private Command.Outcome run(List<String> line) {
        try {
            return host.programs().run(line);
        } catch (IOException missing) {
            throw new IllegalArgumentException("--vpn-auth needs the program tailscale, which is not on PATH; see "
                    + "https://tailscale.com/download", missing);
        }
    }
}
