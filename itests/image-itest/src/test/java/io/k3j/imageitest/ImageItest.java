package io.k3j.imageitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Waiting;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.Outcome;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The image, run by runc as Docker runs K3s' own: with what Testcontainers' `K3sContainer` gives it, and by a user
/// without privileges. Docker itself is not needed.
@NeedsMachine
@NeedsPackages({"busybox-static", "ca-certificates", "conntrack", "containerd", "containernetworking-plugins",
        "etcd-client", "etcd-server", "iproute2", "iptables", "mount", "nftables", "runc", "socat", "wireguard-tools"})
class ImageItest {
    private static final int USER = 1000;
    /// `docker stop` kills after ten seconds; a machine that does other things as well may take longer.
    private static final Duration DOCKER_WAITS = Boolean.getBoolean("k3j.full") ? Duration.ofSeconds(10)
            : Waiting.LIMIT;
    /// K3sContainer gives up after that.
    private static final Duration TESTCONTAINERS_WAITS = Duration.ofSeconds(60);
    private static final String POD = """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"small"},"spec":{"terminationGracePeriodSeconds":0,\
            "containers":[{"name":"a","image":"k3j.io/busybox:1","command":["sleep","3600"]}]}}""";

    private static ContainerHost host;

    @BeforeAll
    static void on() throws IOException, InterruptedException {
        Path image = Path.of(System.getProperty("k3j.image", "no -Dk3j.image")).toAbsolutePath().normalize();
        assertThat(image).as("mvn verify -pl distribution/image -am makes it").exists();
        host = ContainerHost.on(image);
    }

    @AfterAll
    static void off() {
        if (host != null) {
            host.close();
        }
    }

    /// What `org.testcontainers.k3s.K3sContainer` does: its command, mounts and privileges, the line it waits for, the
    /// file it copies, the way it replaces the address, and how images are loaded.
    @Test
    void whatStartsAK3sContainerStartsThis() throws IOException, InterruptedException {
        Spec spec = Spec.privileged().bind("/sys/fs/cgroup", "/sys/fs/cgroup").tmpfs("/run").tmpfs("/var/run");
        try (Box box = new Box(host, "k3s", 1, spec)) {
            long begun = System.nanoTime();
            box.start("server --disable=traefik --tls-san=localhost")
                    .awaitLog("Node controller sync successful");
            Duration taken = Duration.ofNanos(System.nanoTime() - begun);
            System.out.println("Node controller sync successful after " + taken.toMillis() + " ms");
            if (Boolean.getBoolean("k3j.full")) {
                assertThat(taken).isLessThan(TESTCONTAINERS_WAITS);
            }
            try (ChildProcess port = host.start("socat TCP-LISTEN:16443,fork,reuseaddr TCP:" + box.address() + ":6443",
                    host.dir().resolve("port.txt"))) {
                podsRun(box, box.kubectl("https://localhost:16443"));
                assertThat(port.running()).isTrue();
            }
            imagesAreLoaded(box);
            Waiting.until("no process that nobody waits for", () -> zombies(box).isEmpty());
            assertThat(box.stop(DOCKER_WAITS)).as(box.log()).isZero();
        }
    }

    private static void podsRun(Box box, String kubectl) throws IOException, InterruptedException {
        Waiting.until("ready node", Waiting.LIMIT, () -> host.text(kubectl + "get nodes").contains(" Ready "),
                () -> tail(box));
        Waiting.until("service account", Waiting.LIMIT, () -> host.run(kubectl + "get sa default").code() == 0,
                () -> tail(box));
        host.text("echo '" + POD + "' | " + kubectl + "apply -f -");
        Waiting.until("running pod", Waiting.LIMIT, () -> host.text(kubectl + "get pod small").contains("Running"),
                () -> tail(box));
        assertThat(host.text(kubectl + "exec small -- hostname")).isEqualTo("small\n");
        assertThat(box.exec("kubectl get pod small").text()).contains("Running");
        host.text(kubectl + "delete pod small");
    }

    private static void imagesAreLoaded(Box box) throws IOException, InterruptedException {
        host.text("cp " + box.root() + "/usr/lib/k3s/images/busybox.tar " + box.root() + "/tmp/images.tar");
        Outcome loaded = box.exec("sh -c 'ctr i import /tmp/images.tar 2>&1 > /dev/null'");
        assertThat(loaded.text()).as("K3sContainer takes any error output for a failure").isEmpty();
        assertThat(loaded.code()).isZero();
        assertThat(box.exec("ctr i ls").text()).contains("k3j.io/busybox:1");
    }

    /// Children of the first process that have ended.
    private static String zombies(Box box) throws IOException, InterruptedException {
        return host.text("grep -l '^State:.Z' /proc/[0-9]*/status 2> /dev/null | xargs -r grep -l '^PPid:."
                + box.pid() + "$' || true");
    }

    private static String tail(Box box) {
        try {
            String log = box.log();
            return log.substring(Math.max(0, log.length() - 8000));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void aUserWithoutPrivilegesRunsAnApiServer() throws IOException, InterruptedException {
        try (Box box = new Box(host, "api", 2, Spec.unprivileged(USER).tmpfs("/tmp"))) {
            box.volume("/etc/rancher/k3s", USER).volume("/home/k3s/.rancher/k3s", USER);
            box.start("server --disable-agent").awaitLog("k3s is up and running");
            assertThat(host.text("cat /proc/" + box.pid() + "/status")).containsPattern("Uid:\\s1000\\s1000")
                    .containsPattern("CapBnd:\\s0+\n").containsPattern("NoNewPrivs:\\s1");
            String kubectl = box.kubectl("https://" + box.address() + ":6443");
            host.text(kubectl + "create namespace made");
            assertThat(host.text(kubectl + "get namespaces")).contains("made");
            assertThat(box.stop(DOCKER_WAITS)).as(box.log()).isZero();
        }
    }

    @Test
    void withoutWordsItIsAnAgent() throws IOException, InterruptedException {
        try (Box box = new Box(host, "agent", 3, Spec.privileged()).start("")) {
            assertThat(box.ended()).isEqualTo(1);
            assertThat(box.log()).contains("--server").contains("k3s: ");
        }
    }

    /// With control groups of version 2, where a group with processes gives no limits to those below. The kernel's own
    /// files show where it went, also where the controllers themselves are those of version 1.
    @Test
    void theFirstProcessOfAContainerLeavesTheTopGroup() throws IOException, InterruptedException {
        String java = host.dir().resolve("java").toString();
        host.text("printf '#!/bin/sh\\ncat /proc/self/cgroup\\n' > " + java + " && chmod 755 " + java);
        assertThat(host.text("unshare --pid --fork --mount-proc --cgroup bash -c 'umount -R /sys/fs/cgroup;"
                + " mount -t cgroup2 cgroup2 /sys/fs/cgroup && K3S_JAVA=" + java + " exec "
                + System.getProperty("k3j.release") + "/bin/k3s server'")).contains("0::/init");
    }
}
