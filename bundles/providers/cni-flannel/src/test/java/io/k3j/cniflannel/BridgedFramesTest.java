package io.k3j.cniflannel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BridgedFramesTest {
    @TempDir
    private Path sysctls;

    private Path file(String name) throws IOException {
        return Files.createDirectories(sysctls.resolve("net/bridge")).resolve(name);
    }

    @Test
    void areSwitchedOnAgain() throws IOException {
        Files.writeString(file("bridge-nf-call-iptables"), "0\n");
        Files.writeString(file("bridge-nf-call-ip6tables"), "1\n");
        BridgedFrames frames = new BridgedFrames(new Host(), sysctls);
        frames.filter();
        assertThat(frames.problem()).isEmpty();
        assertThat(file("bridge-nf-call-iptables")).hasContent("1");
    }

    @Test
    void aNodeOnWhichPoliciesDoNotCountSaysSo() throws IOException {
        Files.writeString(file("bridge-nf-call-iptables"), "1\n");
        BridgedFrames frames = new BridgedFrames(new Host(), sysctls);
        frames.filter();
        assertThat(frames.problem()).contains("NetworkPolicies", "net.bridge.bridge-nf-call-ip6tables is not 1",
                "modprobe br_netfilter");
        Files.writeString(file("bridge-nf-call-ip6tables"), "1\n");
        frames.filter();
        assertThat(frames.problem()).isEmpty();
    }
}
