package io.k3j.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.k3j.codec.Json;
import io.k3j.model.Obj;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentPartsTest {
    @TempDir
    private Path dir;

    /// Blanks and line breaks are part of a password, as with K3s' agents.
    @Test
    void takesATokenAsItIs() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        assertThat(new Origin("https://s:6443", " a\n", dir).token(open)).isEqualTo(" a\n");
        Path file = Files.writeString(dir.resolve("agent-token"), "K10::node:a\nb\n\n");
        assertThat(new Origin("https://s:6443", "", file).token(open)).isEqualTo("K10::node:a\nb\n");
    }

    @Test
    void allowsServersTheKubeletAndTheStreamsOnly() {
        AllowedTargets targets = new AllowedTargets(10250, List.of("192.0.2.7"), List::of);
        assertThat(targets.allowed("127.0.0.1:10250")).isTrue();
        assertThat(targets.allowed("[::1]:10250")).isTrue();
        assertThat(targets.allowed("127.0.0.1:10010")).isTrue();
        assertThat(List.of("127.0.0.1:22", "localhost:10250", "192.0.2.7:10250", "10.42.0.5:80", "169.254.169.254:80",
                "127.0.0.1", "", ":1")).noneMatch(targets::allowed);
    }

    @Test
    void allowsServersPodsAndTheNodeInClusterMode() {
        AllowedTargets targets = new AllowedTargets(10250, List.of("192.0.2.7"), List::of);
        targets.mode("cluster", List.of("10.42.0.0/16", "2001:cafe:42::/56"));
        assertThat(List.of("10.42.9.5:80", "192.0.2.7:9100", "[2001:cafe:42::1]:80")).allMatch(targets::allowed);
        assertThat(List.of("10.43.0.1:443", "192.0.2.8:80", "127.0.0.1:22", "[2001:cafe:43::1]:80"))
                .noneMatch(targets::allowed);
    }

    @Test
    void allowsServersThePodsOfThisNodeInPodMode() {
        List<Obj> pods = new ArrayList<>();
        AllowedTargets targets = new AllowedTargets(10250, List.of("192.0.2.7"), () -> pods);
        targets.mode("pod", List.of("10.42.0.0/16", "2001:cafe:42::/56"));
        assertThat(targets.allowed("127.0.0.1:10250")).isTrue();
        assertThat(List.of("10.42.9.5:80", "192.0.2.7:9100")).noneMatch(targets::allowed);
        pods.add(pod("""
                {"spec":{"containers":[{"ports":[{"containerPort":9100}]}]},
                "status":{"podIPs":[{"ip":"10.42.9.5"},{"ip":"2001:cafe:42::5"}]}}"""));
        assertThat(List.of("10.42.9.5:80", "[2001:cafe:42::5]:443", "127.0.0.1:10250")).allMatch(targets::allowed);
        assertThat(List.of("10.42.9.6:80", "192.0.2.7:9100", "127.0.0.1:9100")).noneMatch(targets::allowed);
        pods.add(pod("""
                {"spec":{"hostNetwork":true,"containers":[{"ports":[{"containerPort":9100},
                {"containerPort":53,"protocol":"UDP"}]}]},"status":{"podIPs":[{"ip":"192.0.2.7"}]}}"""));
        assertThat(targets.allowed("192.0.2.7:9100")).isTrue();
        assertThat(List.of("192.0.2.7:22", "192.0.2.7:53", "192.0.2.7:10250")).noneMatch(targets::allowed);
        pods.replaceAll(pod -> pod.with("2026-11-29T10:00:00Z", "metadata", "deletionTimestamp"));
        assertThat(List.of("10.42.9.5:80", "192.0.2.7:9100")).noneMatch(targets::allowed);
    }

    private static Obj pod(String json) {
        return Obj.of(Json.object(json.getBytes(StandardCharsets.UTF_8))).with("web", "metadata", "name");
    }

    @Test
    void keepsServersForItsRegistrationAddressOnly() throws IOException {
        Path file = dir.resolve("etc/k3s-agent-load-balancer.json");
        BalancerFile saved = new BalancerFile(file, "https://fixed:6443");
        assertThat(saved.read()).isEmpty();
        saved.write(List.of("192.0.2.1:6443", "192.0.2.2:6443"));
        assertThat(Json.object(Files.readAllBytes(file)).text("ServerURL")).isEqualTo("https://fixed:6443");
        assertThat(saved.read()).containsExactly("192.0.2.1:6443", "192.0.2.2:6443");
        assertThat(new BalancerFile(file, "https://other:6443").read()).isEmpty();
        Files.writeString(file, "{");
        assertThat(saved.read()).isEmpty();
    }

    @Test
    void readsTheFileOfAStockAgent() throws IOException {
        Path file = Files.writeString(dir.resolve("k3s-agent-load-balancer.json"),
                "{\"ServerURL\": \"https://fixed:6443\", \"ServerAddresses\": [\"192.0.2.1:6443\"]}");
        assertThat(new BalancerFile(file, "https://fixed:6443").read()).containsExactly("192.0.2.1:6443");
    }

    @Test
    void readsTheReadyEndpointsOfTheServiceKubernetes() {
        Obj slice = Obj.of(Json.object("""
                {"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"name":"kubernetes"},
                "ports":[{"name":"https","port":6443}],"endpoints":[{"addresses":["192.0.2.2"]},
                {"addresses":["192.0.2.1"],"conditions":{"ready":true}},
                {"addresses":["192.0.2.3"],"conditions":{"ready":false}}]}""".getBytes(StandardCharsets.UTF_8)));
        assertThat(Servers.addresses(List.of(slice))).containsExactly("192.0.2.1:6443", "192.0.2.2:6443");
    }

    @Test
    void readsTheAddressOfAServer() {
        assertThat(ServerAddresses.ofUrl("https://fixed:6443")).isEqualTo("fixed:6443");
        assertThat(ServerAddresses.ofUrl("https://fixed/")).isEqualTo("fixed:443");
        assertThat(ServerAddresses.ofUrl("https://[2001:db8::1]:6443")).isEqualTo("[2001:db8::1]:6443");
        assertThat(ServerAddresses.host("[2001:db8::1]:6443")).isEqualTo("2001:db8::1");
        assertThatIllegalArgumentException().isThrownBy(() -> ServerAddresses.ofUrl("http://fixed:6443"))
                .withMessageStartingWith("only https:// URLs are supported");
    }

    @Test
    void migratesThePasswordOfAnOldAgent() throws Exception {
        Files.createDirectories(dir.resolve("agent"));
        Files.writeString(dir.resolve("agent/node-password.txt"), "old\n");
        NodeFiles files = new NodeFiles(new AgentLayout(dir, dir.resolve("etc/password")), new SecureRandom());
        assertThat(files.password()).isEqualTo("old");
        assertThat(Files.readString(dir.resolve("etc/password"))).isEqualTo("old\n");
        assertThat(dir.resolve("agent/node-password.txt")).doesNotExist();
    }
}
