package io.k3j.launcher;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How the components of a process are started, in the lines that K3s writes and that kube-bench and scripts of
/// operators look for in its log: `Running kube-apiserver --anonymous-auth=false …`. Only arguments that hold here are
/// among them. A pure function of the plan.
final class ComponentLines {
    /// Those of TLS 1.2 that the port has unless others are named.
    private static final String SUITES = String.join(",", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305");
    private final LaunchPlan plan;
    private final Path tls;

    ComponentLines(LaunchPlan plan) {
        this.plan = plan;
        this.tls = plan.dataDir().resolve("server/tls");
    }

    /// What is said when a bundle starts, or nothing for one that is no component of Kubernetes.
    ///
    /// @param bundle its symbolic name, null for one that has none
    Optional<String> of(@Nullable String bundle) {
        CommandLine line = switch (bundle) {
            case "io.k3j.apiserver" -> apiServer();
            case "io.k3j.controllerscluster" -> controllers();
            case "io.k3j.scheduler" -> scheduler();
            case "io.k3j.cloudcontroller" -> cloudController();
            case "io.k3j.kubelet" -> kubelet();
            case "io.k3j.kubeproxy" -> kubeProxy();
            case null, default -> null;
        };
        return Optional.ofNullable(line).map(CommandLine::text);
    }

    private CommandLine apiServer() {
        String issuer = "https://kubernetes.default.svc." + plan.text("clusterDomain", "cluster.local");
        List<String> given = list("kubeApiserverArg");
        CommandLine line = new CommandLine("kube-apiserver")
                .with("advertise-address", plan.text("advertiseAddress", ""))
                .with("advertise-port", plan.text("advertisePort", "")).with("allow-privileged", "true")
                .with("api-audiences", issuer + ",k3s").with("bind-address", plan.text("bindAddress", "0.0.0.0"))
                .with("client-ca-file", file("client-ca.crt")).with("enable-admission-plugins", "NodeRestriction")
                .with("enable-bootstrap-token-auth", "true")
                .with("kubelet-certificate-authority", file("server-ca.crt")).with("profiling", "false")
                .with("secure-port", Ports.server(plan)).with("service-account-issuer", issuer)
                .with("service-account-key-file", file("service.key")).with("service-account-lookup", "true")
                .with("service-account-signing-key-file", file("service.current.key"))
                .with("service-cluster-ip-range", joined("serviceCidr"))
                .with("service-node-port-range", plan.text("serviceNodePortRange", ""))
                .with("tls-cipher-suites", SUITES);
        frontProxy(line);
        atRest(line);
        etcd(line);
        line.given(given);
        if (!line.has("authentication-config")) {
            line.with("anonymous-auth", last(given, "anonymous-auth").orElse("false"));
        }
        if (!line.has("authorization-config")) {
            line.with("authorization-mode", last(given, "authorization-mode").orElse("Node,RBAC"));
        }
        return line;
    }

    private void frontProxy(CommandLine line) {
        line.with("proxy-client-cert-file", file("client-auth-proxy.crt"))
                .with("proxy-client-key-file", file("client-auth-proxy.key"))
                .with("requestheader-allowed-names", "system:auth-proxy")
                .with("requestheader-client-ca-file", file("request-header-ca.crt"))
                .with("requestheader-extra-headers-prefix", "X-Remote-Extra-")
                .with("requestheader-group-headers", "X-Remote-Group")
                .with("requestheader-username-headers", "X-Remote-User");
    }

    private void atRest(CommandLine line) {
        if (plan.flag("secretsEncryption")) {
            line.with("encryption-provider-config",
                    plan.dataDir().resolve("server/cred/encryption-config.json").toString())
                    .with("encryption-provider-config-automatic-reload", "true");
        }
    }

    private void etcd(CommandLine line) {
        if (plan.flag("managedEtcd") && !plan.flag("disableEtcd")) {
            line.with("etcd-cafile", file("etcd/server-ca.crt")).with("etcd-certfile", file("etcd/client.crt"))
                    .with("etcd-keyfile", file("etcd/client.key")).with("etcd-servers", "https://127.0.0.1:2379");
        }
    }

    private CommandLine controllers() {
        return component("kube-controller-manager", "kubeControllerManagerArg").with("allocate-node-cidrs", "true")
                .with("cluster-cidr", joined("clusterCidr"))
                .with("controllers", plan.flag("disableCloudController") ? "*,tokencleaner"
                        : "*,tokencleaner,-service,-route,-cloud-node-lifecycle")
                .with("profiling", "false").with("root-ca-file", file("server-ca.crt"))
                .with("service-account-private-key-file", file("service.current.key"))
                .with("service-cluster-ip-range", joined("serviceCidr"))
                .with("use-service-account-credentials", "true").given(list("kubeControllerManagerArg"));
    }

    private CommandLine scheduler() {
        return component("kube-scheduler", "kubeSchedulerArg").with("profiling", "false")
                .given(list("kubeSchedulerArg"));
    }

    /// What both have: a port of their own, with a certificate of their own.
    private CommandLine component(String name, String key) {
        CommandLine line = new CommandLine(name);
        Ports.components(plan).stream().filter(port -> port.flag().equals("--" + name + "-arg")).findFirst()
                .ifPresent(port -> line.with("bind-address", port.address()).with("secure-port", port.port()));
        if (last(list(key), "tls-cert-file").isEmpty()) {
            String own = name + "/" + name;
            line.with("tls-cert-file", file(own + ".crt")).with("tls-private-key-file", file(own + ".key"));
        }
        return line;
    }

    private CommandLine cloudController() {
        return new CommandLine("cloud-controller-manager").with("cloud-provider", "k3s")
                .with("configure-cloud-routes", "false")
                .with("controllers", plan.flag("disableCloudController") ? "*,-route,-cloud-node,-cloud-node-lifecycle"
                        : "*,-route")
                .with("leader-elect-resource-name", "k3s-cloud-controller-manager").with("profiling", "false")
                .given(list("kubeCloudControllerManagerArg"));
    }

    private CommandLine kubelet() {
        Path agent = plan.dataDir().resolve("agent");
        CommandLine line = new CommandLine("kubelet").with("anonymous-auth", "false")
                .with("authentication-token-webhook", "true").with("authorization-mode", "Webhook")
                .with("client-ca-file", agent.resolve("client-ca.crt").toString())
                .with("container-runtime-endpoint", plan.text("containerRuntimeEndpoint",
                        "unix:///run/k3s/containerd/containerd.sock"))
                .with("hostname-override", plan.text("nodeName", ""))
                .with("kubeconfig", agent.resolve("kubelet.kubeconfig").toString()).with("node-ip", joined("nodeIp"))
                .with("node-labels", joined("nodeLabel")).with("read-only-port", "0")
                .with("register-with-taints", joined("nodeTaint"))
                .with("tls-cert-file", agent.resolve("serving-kubelet.crt").toString())
                .with("tls-private-key-file", agent.resolve("serving-kubelet.key").toString())
                .given(list("kubeletArg")).without("config");
        return line.with("config-dir", agent.resolve("etc/kubelet.conf.d").toString());
    }

    private CommandLine kubeProxy() {
        List<String> given = list("kubeProxyArg");
        CommandLine line = new CommandLine("kube-proxy").with("hostname-override", plan.text("nodeName", ""))
                .with("kubeconfig", plan.dataDir().resolve("agent/kubeproxy.kubeconfig").toString());
        if (last(given, "config").isEmpty()) {
            // a file takes the place of these
            line.with("cluster-cidr", joined("clusterCidr")).with("healthz-bind-address", "127.0.0.1");
        }
        line.given(given);
        // whatever is asked for
        return line.with("proxy-mode", "nftables");
    }

    private static Optional<String> last(List<String> given, String name) {
        return given.stream().filter(a -> a.equals(name) || a.startsWith(name + "=")).reduce((a, b) -> b)
                .map(a -> a.length() == name.length() ? "true" : a.substring(name.length() + 1));
    }

    private String file(String name) {
        return tls.resolve(name).toString();
    }

    private String joined(String key) {
        return String.join(",", list(key));
    }

    private List<String> list(String key) {
        return plan.settings().get(key) instanceof String[] all ? List.of(all) : List.of();
    }
}
