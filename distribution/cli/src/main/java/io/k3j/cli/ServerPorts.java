package io.k3j.cli;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The ports that a server has beside `--https-listen-port`, with K3s' defaults: `--supervisor-port`, by which others
/// join, and the API's on an address of its own, which K3s always has and K3j where somebody asks for it. Without an
/// API server the supervisor's is the only one.
final class ServerPorts {
    private static final String OWN = "httpsListenPort";
    private static final String SUPERVISOR = "supervisorPort";
    private static final String API = "apiserverPort";
    private static final String ADDRESS = "apiserverBindAddress";

    private ServerPorts() {
    }

    /// Fills in what follows from what is given; 0 stands for the default, as in K3s.
    ///
    /// @param warnings where more of them are added
    /// @return what cannot be
    static Optional<String> fill(Map<String, Object> settings, List<String> warnings) {
        String own = text(settings, OWN);
        settings.remove(SUPERVISOR, "0");
        settings.remove(SUPERVISOR, own);
        settings.remove(API, "0");
        boolean asked = settings.containsKey(API) || settings.containsKey(ADDRESS);
        if (Boolean.TRUE.equals(settings.get("disableApiserver"))) {
            withoutApi(settings, asked, warnings);
            return Optional.empty();
        }
        if (!asked) {
            return Optional.empty();
        }
        settings.putIfAbsent(API, own.equals("0") ? own : Integer.toString(Integer.parseInt(own) + 1));
        String port = text(settings, API);
        String address = text(settings, ADDRESS);
        boolean shared = port.equals(own) || port.equals(text(settings, SUPERVISOR));
        return shared && !covered(address, text(settings, "bindAddress"))
                ? Optional.of("--apiserver-bind-address " + address + " cannot be another address than --bind-address "
                        + "with --apiserver-port " + port + ", which is a port of this server there already; use "
                        + "another port, or leave the address out")
                : Optional.empty();
    }

    /// As with K3s nothing of such a server listens at `--https-listen-port` where the supervisor has another port: the
    /// one it has is the supervisor's. The setting stays, so that messages name the flag that says the port.
    private static void withoutApi(Map<String, Object> settings, boolean asked, List<String> warnings) {
        if (asked) {
            warnings.add("--apiserver-port and --apiserver-bind-address have no effect with --disable-apiserver");
            settings.remove(API);
            settings.remove(ADDRESS);
        }
        Object supervisor = settings.get(SUPERVISOR);
        if (supervisor != null) {
            settings.put(OWN, supervisor);
        }
    }

    /// Whether who asks at an address reaches what listens at another one, and nobody else does.
    private static boolean covered(String asked, String bound) {
        return asked.isEmpty() || asked.equals(bound) || everywhere(asked) && everywhere(bound);
    }

    private static boolean everywhere(String address) {
        try {
            return InetAddress.ofLiteral(address).isAnyLocalAddress();
        } catch (IllegalArgumentException none) {
            // told where addresses are checked
            return false;
        }
    }

    private static String text(Map<String, Object> settings, String key) {
        return settings.get(key) instanceof String text ? text : "";
    }
}
