package io.k3j.launcher;

import io.k3j.componentapi.ListeningSockets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which ports a plan asks for.
final class Ports {
    private static final String SERVER = "6443";
    private static final String KUBELET = "10250";
    private static final String API_PORT = "--apiserver-port";
    private static final String SUPERVISOR_PORT = "--supervisor-port";
    /// K3s' `--bind-address`.
    static final String EVERYWHERE = "0.0.0.0";
    private static final String SCHEDULER = "10259";
    private static final String CONTROLLERS = "10257";

    private Ports() {
    }

    /// The port of a component of the control plane, as K3s has it: on the loopback address unless its arguments say
    /// otherwise.
    ///
    /// @param name as [ListeningSockets] has it
    /// @param flag that gives it arguments
    /// @param asked whether one of them says where it is to be
    record Component(String name, String flag, String address, String port, boolean asked) {
    }

    static String server(LaunchPlan plan) {
        return plan.text("httpsListenPort", SERVER);
    }

    /// The flag that says the number of a server's own port: without an API server that may be the supervisor's.
    static String serverFlag(LaunchPlan plan) {
        return plan.text("supervisorPort", "").equals(server(plan)) ? SUPERVISOR_PORT : "--https-listen-port";
    }

    /// The ports that a server has beside its own: `--supervisor-port`, and the API's on an address of its own. Those
    /// that another one of them is already are not there again.
    static List<Component> further(LaunchPlan plan) {
        List<Component> all = new ArrayList<>();
        String own = server(plan);
        String supervisor = plan.text("supervisorPort", own);
        if (!supervisor.equals(own)) {
            all.add(new Component(ListeningSockets.SUPERVISOR, SUPERVISOR_PORT,
                    plan.text("bindAddress", EVERYWHERE), supervisor, true));
        }
        String api = plan.text("apiserverPort", own);
        if (!plan.flag("disableApiserver") && !api.equals(own) && !api.equals(supervisor)) {
            all.add(new Component(ListeningSockets.API, API_PORT, plan.text("apiserverBindAddress", loopback(plan)),
                    api, true));
        }
        return all;
    }

    /// The flag that says the address of a port, by the one that says its number.
    static String addressFlag(String flag) {
        if (flag.equals(API_PORT)) {
            return "--apiserver-bind-address";
        }
        return flag.endsWith("=secure-port") ? flag.replace("secure-port", "bind-address") : "--bind-address";
    }

    /// The kubelet's port has no K3s flag, only the kubelet's own `--kubelet-arg=port=N`.
    static String kubelet(LaunchPlan plan) {
        return argument(plan, "kubeletArg", "port").orElse(KUBELET);
    }

    /// Those of scheduler and controllers, of those that this server has and that are not switched off by
    /// `secure-port=0`. Without an API server there are none.
    static List<Component> components(LaunchPlan plan) {
        List<Component> all = new ArrayList<>();
        if (plan.role().equals("server") && !plan.flag("disableApiserver")) {
            if (!plan.disabled().contains("scheduler")) {
                all.add(component(plan, ListeningSockets.SCHEDULER, "kubeSchedulerArg", SCHEDULER));
            }
            if (!plan.disabled().contains("controller-manager")) {
                all.add(component(plan, ListeningSockets.CONTROLLERS, "kubeControllerManagerArg", CONTROLLERS));
            }
        }
        all.removeIf(component -> component.port().equals("0"));
        return all;
    }

    private static Component component(LaunchPlan plan, String name, String key, String preset) {
        Optional<String> address = argument(plan, key, "bind-address");
        Optional<String> port = argument(plan, key, "secure-port");
        return new Component(name, "--" + name + "-arg", address.orElse(loopback(plan)), port.orElse(preset),
                address.isPresent() || port.isPresent());
    }

    /// As K3s: that of IPv6 where Services have no addresses of IPv4.
    private static String loopback(LaunchPlan plan) {
        boolean six = plan.settings().get("serviceCidr") instanceof String[] ranges && ranges.length == 1
                && ranges[0].contains(":") && !ranges[0].contains(",");
        return six ? "::1" : "127.0.0.1";
    }

    /// The last value of an argument.
    private static Optional<String> argument(LaunchPlan plan, String key, String name) {
        Optional<String> found = Optional.empty();
        if (plan.settings().get(key) instanceof String[] arguments) {
            for (String argument : arguments) {
                String bare = argument.startsWith("--") ? argument.substring(2) : argument;
                if (bare.startsWith(name + "=")) {
                    found = Optional.of(bare.substring(name.length() + 1));
                }
            }
        }
        return found;
    }
}
