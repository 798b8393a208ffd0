package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.k3j.launcher.LaunchPlan;
import io.k3j.testkitsigning.TestSigner;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlanBuilderTest {
    @TempDir
    Path directory;
    private final Map<String, String> environment = new HashMap<>();
    private final List<String> warnings = new ArrayList<>();
    private static final Vpn.Programs NO_PROGRAMS = line -> {
        throw new IOException(line.getFirst());
    };
    private Path config;

    @BeforeEach
    void emptyConfiguration() throws IOException {
        config = Files.writeString(directory.resolve("config.yaml"), "");
        environment.put("K3S_CONFIG_FILE", config.toString());
    }

    private LaunchPlan plan(String... arguments) {
        return plan(List.of("192.0.2.7"), arguments);
    }

    private LaunchPlan plan(List<String> addresses, String... arguments) {
        List<Host.Link> links = List.of(link("eth1", "198.51.100.7", "fe80::7", "2001:db8:1:0:0:0:0:7"),
                link("eth2", "198.51.100.8", "198.51.100.9"), link("eth3", "fe80::8"));
        Host host = new Host("node-1", true, "/root", addresses, links, Instant.parse("2026-01-01T00:00:00Z"),
                environment, directory, NO_PROGRAMS);
        return PlanBuilder.build("server", List.of(arguments), host, warnings);
    }

    private static Host.Link link(String name, String... addresses) {
        return new Host.Link(name, Stream.of(addresses).map(InetAddress::ofLiteral).toList());
    }

    private static Object flat(Object value) {
        return value instanceof String[] list ? String.join(",", list) : value;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            value = {"clusterCidr|10.42.0.0/16", "serviceCidr|10.43.0.0/16", "clusterDns|10.43.0.10",
                    "clusterDomain|cluster.local", "dataDir|/var/lib/rancher/k3s", "nodeName|node-1",
                    "nodeIp|192.0.2.7",
                    "httpsListenPort|6443", "writeKubeconfigMode|0600", "serviceNodePortRange|30000-32767",
                    "defaultLocalStoragePath|/var/lib/rancher/k3s/storage", "advertiseAddress|192.0.2.7",
                    "flannelBackend|vxlan"})
    void fillsInTheDefaultsOfK3s(String key, String value) {
        assertThat(flat(plan().settings().get(key))).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "2001:db8::7||clusterCidr|fd00:42::/56", "2001:db8::7||serviceCidr|fd00:43::/112",
            "2001:db8::7||clusterDns|fd00:43::a", "2001:db8::7||advertiseAddress|2001:db8::7",
            "192.0.2.7,2001:db8::7||nodeIp|192.0.2.7,2001:db8::7", "192.0.2.7,2001:db8::7||clusterCidr|10.42.0.0/16",
            "192.0.2.7,2001:db8::7|--cluster-cidr=10.42.9.9/16,FD00:42:0::/56 --service-cidr=10.43.0.0/16,fd00:43::/112"
                    + "|clusterCidr|10.42.0.0/16,fd00:42::/56",
            "192.0.2.7,2001:db8::7|--cluster-cidr=10.42.0.0/16,fd00:42::/56 --service-cidr=10.43.0.0/16,fd00:43::/112"
                    + "|clusterDns|10.43.0.10,fd00:43::a",
            "192.0.2.7,2001:db8::7|--cluster-cidr=fd00:42::/56 --service-cidr=fd00:43::/112"
                    + "|nodeIp|2001:db8::7,192.0.2.7",
            "192.0.2.7,2001:db8::7|--cluster-cidr=fd00:42::/56 --service-cidr=fd00:43::/112"
                    + "|advertiseAddress|2001:db8::7",
            "192.0.2.7|--node-ip=2001:DB8:0::9|nodeIp|2001:db8::9",
            "192.0.2.7|--flannel-iface=eth1|nodeIp|198.51.100.7,2001:db8:1::7",
            "192.0.2.7|--flannel-iface=eth2 --node-ip=198.51.100.9|nodeIp|198.51.100.9"})
    void takesTheAddressesOfTheMachineAsK3sDoes(String addresses, String line, String key, String value) {
        String[] arguments = line == null ? new String[0] : line.split(" ");
        assertThat(flat(plan(List.of(addresses.split(",")), arguments).settings().get(key))).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "--cluster-cidr=fd00:42::/56|cluster-cidr: [fd00:42::/56] and service-cidr: [10.43.0.0/16], must share the same",
            "--cluster-cidr=10.42.0.0/16,fd00:42::/56|must share the same IP version (IPv4, IPv6 or dual-stack)",
            "--cluster-cidr=10.42.0.0/16,fd00:42::/56 --service-cidr=fd00:43::/112,10.43.0.0/16|in one order",
            "--cluster-cidr=10.42.0.0/16,fd00:42::/56 --service-cidr=10.43.0.0/16,fd00:43::/112"
                    + "|and node-ip: [192.0.2.7], must share the same IP version",
            "--cluster-cidr=10.42.0.0/16,10.44.0.0/16|invalid --cluster-cidr [10.42.0.0/16, 10.44.0.0/16]: it must be one "
                    + "network of IPv4, one of IPv6, or one of each",
            "--advertise-address=2001:db8::7|service IP family \"10.43.0.0/16\" must match public address family "
                    + "\"2001:db8::7\"; give an address of that family by --advertise-address",
            "--flannel-iface=eth9|unable to find interface eth9 (--flannel-iface); see: ip link",
            "--flannel-iface=eth2|multiple global unicast addresses defined for eth2, please set ip from one of "
                    + "[198.51.100.8, 198.51.100.9] by --node-ip",
            "--flannel-iface=eth3|interface eth3 (--flannel-iface) does not have a correct global unicast ip",
            "--flannel-conf=/no/such/file|--flannel-conf /no/such/file: it cannot be read: NoSuchFileException"})
    void refusesAddressesThatDoNotFitEachOther(String line, String part) {
        assertThatExceptionOfType(UsageFailure.class).isThrownBy(() -> plan(line.split(" ")))
                .withMessageContaining(part);
    }

    @Test
    void refusesAFlannelConfThatContradictsTheCluster() throws IOException {
        Path file = Files.writeString(directory.resolve("net-conf.json"),
                "{\"Network\": \"10.99.0.0/16\", \"Backend\": {\"Type\": \"vxlan\"}}");
        assertThatExceptionOfType(UsageFailure.class).isThrownBy(() -> plan("--flannel-conf", file.toString()))
                .withMessageContaining("Network is \"10.99.0.0/16\", it must be --cluster-cidr 10.42.0.0/16");
        assertThat(plan("--flannel-conf", file.toString(), "--cluster-cidr=10.99.0.0/16").settings())
                .containsEntry("flannelConf", file.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"--node-name=a|a", "--node-name a|a", "-node-name=a|a",
            "--node-name=a --node-name=b|b"})
    void readsFlagsInEveryForm(String line, String name) {
        assertThat(plan(line.split(" ")).settings()).containsEntry("nodeName", name);
    }

    @Test
    void putsTheCommandLineOverTheFileOverTheEnvironment() throws IOException {
        Files.writeString(config, "node-name: file\ntoken: file\n");
        environment.put("K3S_NODE_NAME", "environment");
        environment.put("K3S_TOKEN", "environment");
        environment.put("K3S_KUBECONFIG_MODE", "0644");
        LaunchPlan plan = plan("--node-name", "line");
        assertThat(plan.settings()).containsEntry("nodeName", "line").containsEntry("token", "file")
                .containsEntry("writeKubeconfigMode", "0644");
        assertThat(plan.whereSet()).containsEntry("nodeName", "command line").containsEntry("token", config + ":2")
                .containsEntry("writeKubeconfigMode", "K3S_KUBECONFIG_MODE");
    }

    /// As K3s, which takes blanks off the values of its files only.
    @Test
    void takesLineBreaksOffTheValuesOfTheFile() throws IOException {
        Files.writeString(config, "token: |\n  secret\ntls-san:\n- \" a \"\n");
        LaunchPlan plan = plan();
        assertThat(plan.settings()).containsEntry("token", "secret");
        assertThat(flat(plan.settings().get("tlsSan"))).isEqualTo("a");
        Files.writeString(config, "");
        environment.put("K3S_TOKEN", "secret\n");
        assertThat(plan().settings()).containsEntry("token", "secret\n");
    }

    @Test
    void takesATokensFileBeforeTheToken() throws IOException {
        Path file = Files.writeString(directory.resolve("token"), "of-the-file\n");
        environment.put("K3S_TOKEN", "left-behind");
        assertThat(plan("--token-file", file.toString()).settings()).containsEntry("token", "of-the-file");
        assertThat(plan("--token=typed", "--token-file", file.toString()).settings())
                .containsEntry("token", "of-the-file");
    }

    /// As editors of other systems end lines; inside of a token it is refused (`TokenChecksTest`).
    @Test
    void leavesOutBlanksAndLineBreaksAroundATokenOfAFile() throws IOException {
        Path file = Files.writeString(directory.resolve("token"), "\r\n\t of-the-file \r\n\r\n");
        assertThat(plan("--token-file", file.toString()).settings()).containsEntry("token", "of-the-file");
        assertThat(plan("--agent-token-file", file.toString()).settings()).containsEntry("agentToken", "of-the-file");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"--etcd-snapshot-retention=30|30",
            "--etcd-snapshot-retention=30 --etcd-s3-retention=7|7", "--etcd-s3-retention=7|7", "--debug|5"})
    void theBucketKeepsWhatTheDiskKeepsUnlessItIsTold(String line, String kept) {
        assertThat(plan(line.split(" ")).settings()).containsEntry("etcdS3Retention", kept);
    }

    @Test
    void mergesDropInsByTheRulesOfK3s() throws IOException {
        Files.writeString(config, "tls-san:\n- a\nnode-label: x=1\n--debug: true\n");
        Path dropIns = Files.createDirectory(directory.resolve("config.yaml.d"));
        Files.writeString(dropIns.resolve("2.YML"), "tls-san+: [c, d]\nnode-label: y=2\n");
        Files.writeString(dropIns.resolve("1.yaml"), "tls-san+: b\n");
        Files.writeString(dropIns.resolve("0.txt"), "tls-san: [no]\n");
        LaunchPlan plan = plan();
        assertThat(flat(plan.settings().get("tlsSan"))).isEqualTo("a,b,c,d");
        assertThat(flat(plan.settings().get("nodeLabel"))).isEqualTo("y=2");
        assertThat(plan.flag("debug")).isTrue();
    }

    @Test
    void letsAListOnTheCommandLineReplaceTheFiles() throws IOException {
        Files.writeString(config, "tls-san: [a, b]\n");
        assertThat(flat(plan("--tls-san=c,d").settings().get("tlsSan"))).isEqualTo("c,d");
    }

    @Test
    void argumentsMayBeAddedToThoseOfK3s() throws IOException {
        Files.writeString(config, "kube-apiserver-arg: [enable-admission-plugins+=EventRateLimit, v=2]\n");
        LaunchPlan plan = plan();
        assertThat(flat(plan.settings().get("kubeApiserverArg")))
                .isEqualTo("enable-admission-plugins=NodeRestriction,EventRateLimit");
        assertThat((String[]) plan.settings().get("nodeArgs")).as("as it was given")
                .contains("enable-admission-plugins+=EventRateLimit");
    }

    @Test
    void passesOnTheArgumentsThatAreSupported() {
        assertThat(flat(plan("--kubelet-arg=max-pods=20", "--kubelet-arg=--port=10251").settings().get("kubeletArg")))
                .isEqualTo("max-pods=20,port=10251");
    }

    @Test
    void takesThePortOfTheLoadBalancerFromFlagVariableOrDefault() {
        assertThat(plan("--disable-apiserver", "--cluster-init").settings()).containsEntry("lbServerPort", "6444");
        environment.put("K3S_LB_SERVER_PORT", "7000");
        assertThat(plan().settings()).containsEntry("lbServerPort", "7000");
        assertThat(plan("--lb-server-port=7001").settings()).containsEntry("lbServerPort", "7001");
    }

    @Test
    void collectsEveryWordThatIsNotWanted() {
        assertThat(plan("--disable=traefik,servicelb", "--disable", "mine", "--disable-kube-proxy",
                "--flannel-backend=none")
                .disabled()).containsExactlyInAnyOrder("traefik", "servicelb", "mine", "kube-proxy", "cni-flannel");
    }

    @Test
    void warnsOfUnknownKeysInTheFile() throws IOException {
        Files.writeString(config, "no-such-flag: 1\n");
        plan();
        assertThat(warnings)
                .containsExactly("Unknown flag --no-such-flag found in config.yaml, skipping (" + config + ":1)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"--nodename=x|did you mean --node-name?",
            "--https-listen-port=abc|a port from 0 to 65535",
            "--debug=maybe|it must be true or false", "--cluster-cidr=10.42.0.0|it must be a network such as",
            "--cluster-cidr=10.43.0.0/16|must not overlap", "--node-name=Node_1|use lower case letters",
            "--service-node-port-range=9-1|two ports", "--write-kubeconfig-mode=9|octal",
            "--data-dir=rel|absolute path",
            "--node-ip=host|must be an IP address", "extra|takes flags only", "--token|flag needs an argument: --token",
            "--flannel-backend=ipsec|use one of none, vxlan, host-gw, wireguard-native",
            "--kubelet-arg=--no-such=::|unsupported kubelet-arg \"no-such\" (command line); supported: ",
            "--kubelet-arg=--node-ip=::7|--kubelet-arg=node-ip=::7 (command line) is not taken by K3j: use --node-ip",
            "--node-label=node-role.kubernetes.io/worker=true|set others afterwards with kubectl label node",
            "--kube-apiserver-arg=feature-gates=X=true|--kube-apiserver-arg=feature-gates: unrecognized",
            "--kube-controller-manager-arg=feature-gates=X=1|unrecognized feature gate: X; K3j takes",
            "--kubelet-arg=feature-gates=ClusterTrustBundleProjection=true|disabled: [ClusterTrustBundle]",
            "--kube-scheduler-arg=feature-gates=SchedulerQueueingHints=false|feature is locked to true; leave it out",
            "--kubelet-arg=system-reserved=gpu=1|cannot reserve \"gpu\" resource; write for example system-reserved",
            "--kubelet-arg=cpu-manager-policy=shared|leave it out or use cpu-manager-policy=none or cpu-manager",
            "--kubelet-arg=memory-manager-policy=static|leave it out or use memory-manager-policy=None or memory-manager",
            "--kube-apiserver-arg=default-not-ready-toleration-seconds=5m|must be a whole number; try ",
            "--kube-apiserver-arg=service-node-port-range=9-1|two ports",
            "--kube-apiserver-arg=default-watch-cache-size=0|must be a whole number of at least 1",
            "--kube-apiserver-arg=goaway-chance=0.5|can not be less than 0 or greater than 0.02",
            "--kube-controller-manager-arg=legacy-service-account-token-clean-up-period=0|must be a duration longer",
            "--kube-apiserver-arg=watch-cache-sizes=pods#100,secrets#0|secrets#0 is no resource with a size",
            "--kube-apiserver-arg=service-account-issuer=a b:c|was not a valid URL",
            "--kube-apiserver-arg=cors-allowed-origins=example.com|does not pin to start/end of host",
            "--kube-apiserver-arg=service-account-max-token-expiration=1d|must be a duration longer than zero",
            "--kube-apiserver-arg=service-account-max-token-expiration=5m|must be between 1 hour and 2^32 seconds",
            "--kube-apiserver-arg=service-account-jwks-uri=http://a|requires https scheme",
            "--kube-controller-manager-arg=node-monitor-period=10|must be a duration longer than zero; try ",
            "--kube-controller-manager-arg=node-eviction-rate=-1|must be a number such as 0.5",
            "--kube-scheduler-arg=kube-api-burst=many|must be a whole number of at least 0; try ",
            "--kube-apiserver-arg=http2-max-streams-per-connection=-1|must be a whole number of at least 0; try ",
            "--kube-scheduler-arg=http2-max-streams-per-connection=10001|must be at most 10000; try --kube-scheduler",
            "--kube-apiserver-arg=strict-transport-security-directives=max-age|invalid, allowed values: max-age=",
            "--kube-controller-manager-arg=max-endpoints-per-slice=0|must not be less than 1, but got 0; try ",
            "--kube-controller-manager-arg=configure-cloud-routes=true|configure-cloud-routes",
            "--kube-controller-manager-arg=concurrent-gc-syncs=0|must be a whole number from 1 to 1000; try ",
            "--kube-controller-manager-arg=node-cidr-mask-size=8|use a number from 16 to 30",
            "--docker|not supported yet by K3j;", "--config=/no/such/file|does not exist"})
    void saysWhatIsWrongAndWhatToType(String argument, String part) {
        environment.remove("K3S_CONFIG_FILE");
        assertThatExceptionOfType(UsageFailure.class).isThrownBy(() -> plan(argument)).withMessageContaining(part);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--kube-apiserver-arg=default-not-ready-toleration-seconds=10",
            "--kube-apiserver-arg=default-unreachable-toleration-seconds=10",
            "--kube-apiserver-arg=service-account-issuer=https://tokens.example.com",
            "--kube-apiserver-arg=service-node-port-range=20000-50000",
            "--kube-apiserver-arg=default-watch-cache-size=200", "--kube-apiserver-arg=event-ttl=30m",
            "--kube-apiserver-arg=min-request-timeout=300",
            "--kube-apiserver-arg=watch-cache-sizes=pods#100,deployments.apps#50",
            "--kube-apiserver-arg=goaway-chance=0.001", "--kube-scheduler-arg=http2-max-streams-per-connection=50",
            "--kube-apiserver-arg=cors-allowed-origins=//example\\.com(:|$)",
            "--kube-apiserver-arg=http2-max-streams-per-connection=500",
            "--kube-apiserver-arg=strict-transport-security-directives=max-age=31536000",
            "--kube-apiserver-arg=api-audiences=a,b",
            "--kube-apiserver-arg=service-account-jwks-uri=https://a/keys",
            "--kube-apiserver-arg=service-account-max-token-expiration=24h",
            "--kube-apiserver-arg=service-account-extend-token-expiration=false",
            "--kube-apiserver-arg=allow-privileged=true", "--kube-apiserver-arg=enable-bootstrap-token-auth",
            "--kube-controller-manager-arg=node-monitor-period=2s",
            "--kube-controller-manager-arg=node-monitor-grace-period=16s",
            "--kube-controller-manager-arg=node-startup-grace-period=2m",
            "--kube-controller-manager-arg=node-eviction-rate=0.5",
            "--kube-controller-manager-arg=node-cidr-mask-size=25",
            "--kube-controller-manager-arg=horizontal-pod-autoscaler-sync-period=10s",
            "--kube-controller-manager-arg=horizontal-pod-autoscaler-downscale-stabilization=0",
            "--kube-controller-manager-arg=concurrent-deployment-syncs=10",
            "--kube-controller-manager-arg=kube-api-qps=100", "--kube-controller-manager-arg=kube-api-burst=200",
            "--kube-scheduler-arg=kube-api-qps=0.5", "--kube-scheduler-arg=kube-api-burst=200",
            "--kube-controller-manager-arg=min-resync-period=12h", "--kube-apiserver-arg=delete-collection-workers=5",
            "--kube-controller-manager-arg=configure-cloud-routes=false",
            "--kube-controller-manager-arg=max-endpoints-per-slice=50",
            "--kube-controller-manager-arg=cloud-provider=external"})
    void takesWhatUsersOfK3sPassToItsComponents(String argument) throws IOException {
        assertThat(plan(argument).settings()).isNotEmpty();
    }

    @Test
    void handsArgumentsOnWithoutTheDashesTheyMayHave() throws IOException {
        Files.writeString(config, "kubelet-arg:\n- --max-pods=250\n- port=1\n");
        LaunchPlan plan = plan("--kube-apiserver-arg=--tls-min-version=VersionTLS13",
                "--etcd-arg=--quota-backend-bytes=1",
                "--kube-scheduler-arg=--leader-elect", "--node-external-dns=--x=y");
        assertThat(flat(plan.settings().get("kubeletArg"))).isEqualTo("max-pods=250,port=1");
        assertThat(flat(plan.settings().get("kubeApiserverArg"))).isEqualTo("tls-min-version=VersionTLS13");
        assertThat(flat(plan.settings().get("etcdArg"))).isEqualTo("quota-backend-bytes=1");
        assertThat(flat(plan.settings().get("kubeSchedulerArg"))).isEqualTo("leader-elect");
        assertThat(flat(plan.settings().get("nodeExternalDns"))).isEqualTo("--x=y");
    }

    @Test
    void flagsPrevailOverTheKubeletsFiles() throws IOException {
        String head = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n";
        Path given = Files.writeString(directory.resolve("given.conf"), head + "maxPods: 50\npodPidsLimit: 9\nx: 1\n");
        Path dropIn = directory.resolve("data/agent/etc/kubelet.conf.d/30.conf");
        Files.createDirectories(dropIn.getParent());
        Files.writeString(dropIn, head + "podPidsLimit: 10\nlogging: {format: json}\n");
        String[] flags = {"--data-dir=" + directory.resolve("data"), "--kubelet-arg=config=" + given,
                "--kubelet-arg=--max-pods=60", "--kubelet-arg=logging-format=text"};
        assertThat(flat(plan(flags).settings().get("kubeletArg"))).isEqualTo(
                "pod-max-pids=10,config=" + given + ",max-pods=60,logging-format=text");
        assertThat(warnings).containsExactly(given + ": unknown field x is ignored");
        Files.writeString(dropIn, head + "runOnce: true\n");
        assertThatExceptionOfType(UsageFailure.class).isThrownBy(() -> plan(flags))
                .withMessage(dropIn + ": runOnce=true is not supported yet by K3j; leave it out or write false,"
                        + " see docs/compatibility.md");
    }

    @Test
    void theImageServiceIsThatOfTheKubeletsFilesWhereTheyNameOne() throws IOException {
        Files.writeString(config, "image-service-endpoint: /run/a.sock\n");
        String dataDir = "--data-dir=" + directory.resolve("data");
        assertThat(plan(dataDir).settings()).containsEntry("imageServiceEndpoint", "unix:///run/a.sock");
        Path dropIn = directory.resolve("data/agent/etc/kubelet.conf.d/30.conf");
        Files.createDirectories(dropIn.getParent());
        Files.writeString(dropIn, "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
                + "imageServiceEndpoint: unix:///run/b.sock\n");
        assertThat(plan(dataDir).settings()).containsEntry("imageServiceEndpoint", "unix:///run/b.sock");
        assertThat(plan(dataDir, "--kubelet-arg=image-service-endpoint=unix:///run/c.sock").settings())
                .containsEntry("imageServiceEndpoint", "unix:///run/c.sock");
    }

    @Test
    void featureGatesOfFilesStayAsFarAsNoFlagNamesThem() throws IOException {
        Path file = Files.writeString(directory.resolve("given.conf"), "apiVersion: kubelet.config.k8s.io/v1beta1\n"
                + "kind: KubeletConfiguration\nfeatureGates: {ClusterTrustBundle: true}\n");
        assertThat(flat(plan("--data-dir=" + directory.resolve("data"), "--kubelet-arg=config=" + file,
                "--kubelet-arg=feature-gates=ClusterTrustBundleProjection=true").settings().get("kubeletArg")))
                .isEqualTo("config=" + file
                        + ",feature-gates=ClusterTrustBundle=true,ClusterTrustBundleProjection=true");
    }

    @Test
    void aComponentsVerbosityIsThatOfItsLoggers() {
        LaunchPlan plan = plan("--kubelet-arg=v=4", "--kubelet-arg=max-pods=9", "--kube-scheduler-arg=--v=2",
                "--kube-apiserver-arg=v=6", "--vmodule=kubelet=5");
        assertThat(plan.settings()).containsEntry("vmodule", "apiserver=6,kubelet=4,scheduler=2,kubelet=5")
                .doesNotContainKey("kubeSchedulerArg");
        assertThat(flat(plan.settings().get("kubeletArg"))).isEqualTo("max-pods=9");
        assertThatExceptionOfType(UsageFailure.class).isThrownBy(() -> plan("--kube-proxy-arg=v=all"))
                .withMessageContaining("invalid --kube-proxy-arg=v=all (command line): it must be a whole number");
    }

    @Test
    void labelsOfANodeThatIsNotHereAreNotLookedAt() {
        LaunchPlan plan = plan("--disable-agent", "--node-label=node-role.kubernetes.io/worker=true");
        assertThat(flat(plan.settings().get("nodeLabel"))).isEqualTo("node-role.kubernetes.io/worker=true");
    }

    @Test
    void theSchedulersFileIsReadBeforeAnythingStarts() throws IOException {
        Path file = Files.writeString(directory.resolve("scheduler.yaml"),
                "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nparallelism: 0\n");
        String argument = "--kube-scheduler-arg=config=" + file;
        assertThatExceptionOfType(UsageFailure.class).isThrownBy(() -> plan(argument)).withMessageContaining(
                "--kube-scheduler-arg config=" + file + ": parallelism: Invalid value: 0: should be an integer value");
        assertThat(flat(plan(argument, "--disable-scheduler").settings().get("kubeSchedulerArg")))
                .isEqualTo("config=" + file);
    }

    @Test
    void theKernelIsLookedAtWhenTheKubeletIsToldSo() {
        assertThatExceptionOfType(UsageFailure.class).isThrownBy(() -> plan("--kubelet-arg=protect-kernel-defaults"))
                .withMessageContaining("kernel");
        for (String on : List.of("1", "t", "T", "TRUE", "True", "true")) {
            assertThatExceptionOfType(UsageFailure.class).as(on)
                    .isThrownBy(() -> plan("--kubelet-arg=protect-kernel-defaults=false",
                            "--kubelet-arg=protect-kernel-defaults=" + on))
                    .withMessageContaining("invalid kernel flag");
        }
        assertThat(plan("--kubelet-arg=protect-kernel-defaults", "--kubelet-arg=protect-kernel-defaults=F"))
                .isNotNull();
        assertThatExceptionOfType(UsageFailure.class)
                .isThrownBy(() -> plan("--kubelet-arg=protect-kernel-defaults=yes"))
                .withMessageContaining("invalid value \"yes\" for --kubelet-arg=protect-kernel-defaults");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            value = {"anonymous-auth=false|true", "anonymous-auth|false", "anonymous-auth=true|false",
                    "authorization-mode=Webhook|true", "authorization-mode=AlwaysAllow|false"})
    void argumentsThatAreThereForOneValueAreRefusedWithAnother(String argument, boolean taken) {
        if (taken) {
            assertThat(flat(plan("--kubelet-arg=" + argument).settings().get("kubeletArg"))).isEqualTo(argument);
        } else {
            assertThatExceptionOfType(UsageFailure.class).isThrownBy(() -> plan("--kubelet-arg=" + argument))
                    .withMessageContaining("is not supported yet by K3j; leave it out or use ");
        }
    }

    @Test
    void tellsTheNodeItsArgumentsWithoutSecrets() throws IOException {
        Files.writeString(config, "token: hidden-1\ntls-san: [a, b]\n");
        environment.put("K3S_DATASTORE_ENDPOINT", "mysql://hidden-2");
        environment.put("K3S_NODE_NAME", "n");
        environment.put("K3S_JAVA_OPTIONS", "-Dhttps.proxyPassword=hidden-6");
        environment.put("K3S_CLUSTER_SECRET", "hidden-7");
        environment.put("HOME", "/root");
        LaunchPlan plan = plan("--agent-token", "hidden-3", "--debug=true", "--etcd-s3-secret-key=hidden-4",
                "-t=hidden-5");
        assertThat((String[]) plan.settings().get("nodeArgs")).startsWith("server").endsWith("--agent-token",
                "********", "--debug", "true", "--etcd-s3-secret-key", "********", "-t", "********")
                .containsSequence("--tls-san", "a", "--tls-san", "b");
        assertThat((String[]) plan.settings().get("nodeEnv")).containsExactly("K3S_CONFIG_FILE=" + config,
                "K3S_DATASTORE_ENDPOINT=********", "K3S_NODE_NAME=n");
    }

    @Test
    void hidesATokenOfTheConfigurationFile() throws IOException {
        Files.writeString(config, "token: hidden\n");
        assertThat((String[]) plan().settings().get("nodeArgs")).containsExactly("server", "--token", "********");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--selinux", "--nonroot-devices", "--kubelet-arg=container-log-max-size=20Mi",
            "--kubelet-arg=container-log-max-files=3", "--kubelet-arg=tls-min-version=VersionTLS13",
            "--kubelet-arg=tls-cipher-suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"})
    void takesWhatComponentsDo(String argument) {
        assertThat(plan(argument).settings()).isNotEmpty();
    }

    @Test
    void saysEverythingThatIsWrongAtOnce() {
        assertThatExceptionOfType(UsageFailure.class).isThrownBy(() -> plan("--no-such", "--debug=x", "--docker"))
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(3));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            value = {"a: [|not valid YAML", "- a|key: value", "a: {b: c}|config.yaml:1", "a: &x b\\nc: *x|",
                    "a: 1\\na: 2|duplicate", "a: [1\\nb: 2|not valid YAML: line 2, column 2: expected ',' or ']'"})
    void refusesADamagedFileWithItsPlace(String text, String part) throws IOException {
        Files.writeString(config, text.replace("\\n", "\n"));
        if (part == null) {
            plan();
            return;
        }
        assertThatExceptionOfType(UsageFailure.class).isThrownBy(this::plan).withMessageContaining(part);
    }

    @Test
    void refusesADatastoreThatIsNone() throws IOException {
        Path db = Files.createDirectories(directory.resolve("server/db"));
        Files.writeString(db.resolve("state.db"), "not a database at all");
        assertThatExceptionOfType(UsageFailure.class).isThrownBy(() -> plan("--data-dir=" + directory))
                .withMessageContaining(db.resolve("state.db") + " is damaged")
                .withMessageContaining("move the directory");
        Files.writeString(db.resolve("state.db"), "SQLite format 3\0 and more");
        assertThatExceptionOfType(UsageFailure.class).isThrownBy(() -> plan("--data-dir=" + directory))
                .withMessageContaining("ends within its header");
    }

    static List<Flag> absent() {
        return Flags.of("server").all().stream().filter(f -> f.state() instanceof Flag.State.Absent).toList();
    }

    @ParameterizedTest
    @MethodSource("absent")
    void neverIgnoresAFlagItDoesNotSupport(Flag flag) {
        String value = flag.type() == Flag.Type.BOOL ? Boolean.toString(!flag.preset().equals("true"))
                : flag.type() == Flag.Type.DURATION ? "17s" : "17";
        assertThatExceptionOfType(UsageFailure.class).isThrownBy(() -> plan(flag.shown() + "=" + value))
                .withMessageContaining("not supported yet by K3j").withMessageContaining(flag.shown());
    }

    @ParameterizedTest
    @MethodSource("absent")
    void acceptsAnUnsupportedFlagAtItsDefault(Flag flag) {
        if (!flag.preset().isEmpty()) {
            assertThat(plan(flag.shown() + "=" + flag.preset())).isNotNull();
        }
    }

    static List<Flag> withoutEffect() {
        return Flags.of("server").all().stream().filter(f -> f.state() instanceof Flag.State.NoEffect).toList();
    }

    @ParameterizedTest
    @MethodSource("withoutEffect")
    void saysOfAFlagWithoutAnEffectWhy(Flag flag) throws IOException {
        plan(flag.shown() + "=" + flag.preset());
        assertThat(warnings).isEmpty();
        plan(flag.shown());
        Files.writeString(config, flag.name() + ": true\n");
        plan();
        String why = ((Flag.State.NoEffect) flag.state()).why();
        assertThat(warnings).containsExactly(flag.shown() + " (command line) has no effect: " + why,
                flag.shown() + " (" + config + ":1) has no effect: " + why);
    }

    @Test
    void knowsEveryFlagOfK3s() {
        List<String> own = List.of("stale-reads", "plugin-trust");
        assertThat(Flags.of("server").all()).filteredOn(flag -> !own.contains(flag.name())).hasSize(124);
        assertThat(Flags.of("agent").all()).filteredOn(flag -> !own.contains(flag.name())).hasSize(46);
        assertThat(Flags.of("server").all()).extracting(Flag::name).doesNotHaveDuplicates();
        assertThat(Flags.of("agent").all()).extracting(Flag::name).doesNotHaveDuplicates();
    }

    @Test
    void refusesKernelSettingsThatAreNotAsWantedOnceTheyAreProtected() throws IOException {
        for (String setting : List.of("vm/overcommit_memory=1", "vm/panic_on_oom=0", "kernel/panic=10",
                "kernel/panic_on_oops=1", "kernel/keys/root_maxkeys=1000000")) {
            Path file = directory.resolve(setting.split("=")[0]);
            Files.createDirectories(file.getParent());
            Files.writeString(file, setting.split("=")[1] + "\n");
        }
        assertThat(plan()).isNotNull();
        assertThatExceptionOfType(UsageFailure.class).isThrownBy(() -> plan("--protect-kernel-defaults"))
                .withMessageContaining("invalid kernel flag: kernel.keys.root_maxbytes, expected value: 25000000, "
                        + "actual value: unknown (--protect-kernel-defaults)")
                .withMessageContaining("sysctl -w kernel.keys.root_maxbytes=25000000,");
        assertThat(plan("--protect-kernel-defaults", "--disable-agent")).isNotNull();
        Files.writeString(directory.resolve("kernel/keys/root_maxbytes"), "25000000\n");
        assertThat(plan("--protect-kernel-defaults")).isNotNull();
    }

    @Test
    void readsTheKeysOfThoseWhoSignPluginsBeforeAnythingStarts() throws IOException {
        Path good = Files.writeString(directory.resolve("good.pem"), TestSigner.selfSigned("Acme").pem());
        Path empty = Files.writeString(directory.resolve("empty.pem"), "");
        Files.writeString(config, "plugin-trust: [" + good + ", " + good + "]\n");
        assertThat(flat(plan().settings().get("pluginTrust"))).isEqualTo(good + "," + good);
        assertThatExceptionOfType(UsageFailure.class)
                .isThrownBy(() -> plan("--plugin-trust", good + "," + empty, "--plugin-trust=/none.pem"))
                .withMessageContaining("invalid --plugin-trust: " + empty + " holds neither a CERTIFICATE")
                .withMessageContaining("invalid --plugin-trust: /none.pem is no file");
        assertThatExceptionOfType(UsageFailure.class).as("a variable of a script that was empty")
                .isThrownBy(() -> plan("--plugin-trust=")).withMessageContaining("invalid --plugin-trust");
    }

    @Test
    void refusesAClockBefore1980AndANodeWithoutRoot() {
        Host host = new Host("n", false, "/home/u", List.of(), List.of(), Instant.EPOCH, environment,
                directory, NO_PROGRAMS);
        assertThatExceptionOfType(UsageFailure.class)
                .isThrownBy(() -> PlanBuilder.build("server", List.of(), host, warnings))
                .withMessageContaining("server time isn't set properly").withMessageContaining("must run as root");
    }
}
