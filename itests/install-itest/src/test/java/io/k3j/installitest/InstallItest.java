package io.k3j.installitest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.k3j.testkitbase.Waiting;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.Outcome;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a person does with the tar on a machine that has nothing: installs it, starts it, uses it, removes it.
@NeedsMachine
@NeedsPackages("debootstrap")
class InstallItest {
    private static final Duration STEP = Duration.ofMinutes(5);
    private static final String DATA = "/var/lib/rancher/k3s";
    private static final String POD = """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"stays"},"spec":{"containers":[{"name":"a",\
            "image":"k3j.io/busybox:1","command":["sleep","3600"],"ports":[{"containerPort":80,"hostPort":8080}],\
            "volumeMounts":[{"name":"memory","mountPath":"/memory"}]}],\
            "volumes":[{"name":"memory","emptyDir":{"medium":"Memory"}}]}}""";

    private Path tree;
    private Debian debian;

    @BeforeEach
    void machine() throws IOException, InterruptedException {
        Path tar = Path.of(System.getProperty("k3j.tar", "no -Dk3j.tar")).toAbsolutePath();
        assertThat(tar).as("mvn verify -pl distribution/assembly makes it").exists();
        Outcome made = Debian.tree();
        assumeTrue(made.code() == 0, () -> "no bare Debian: " + made.text());
        tree = Path.of(made.text().lines().toList().getLast());
        debian = Debian.on(tree);
        Files.copy(tar, debian.root().resolve("root/k3s.tar.gz"), StandardCopyOption.REPLACE_EXISTING);
    }

    @AfterEach
    void off() {
        if (debian != null) {
            debian.close();
        }
    }

    @Test
    void theTarInstallsRunsAndLeavesNothing() throws IOException, InterruptedException {
        Set<String> before = state();
        assertThat(text("command -v java kubectl containerd || echo none")).isEqualTo("none\n");
        install();
        assertThat(text("k3s --version")).matches("(?s)k3s version v1\\.36\\.\\d+\\+k3s1 \\(\\w+\\)\n.*");
        assertThat(debian.run(STEP, "k3s server --no-install")).matches(refused -> refused.code() != 0
                && refused.text().contains("apt-get install -y containerd runc"), "names what is missing");

        ChildProcess server = server();
        assertThat(text("k3s kubectl get nodes")).startsWith("NAME ").contains(" Ready ", "v1.36.");
        assertThat(text("kubectl get namespaces")).contains("kube-system");
        runPod();

        text("k3s-killall.sh");
        assertThat(server.awaitEnd(STEP)).as(this::log).isZero();
        // a process that is killed is there for a moment
        Waiting.until("nothing after k3s-killall.sh", () -> {
            assertThat(state()).noneMatch(line -> line.startsWith("mount /var/lib/kubelet")
                    || line.startsWith("mount /run/k3s") || line.startsWith("process ") && line.contains("containerd"));
            return true;
        });
        text("k3s-uninstall.sh");
        assertThat(text("rm /etc/rancher/node/password && rmdir -v /etc/rancher/node /etc/rancher")).as("only the"
                + " password stays, by which the node is known when it is installed again").contains("/etc/rancher'");
        assertThat(remains(before, state())).as("left, lost or changed").isEmpty();
    }

    /// A disk for the datastore or for volumes is the user's, however K3j is stopped or removed.
    @Test
    void disksMountedBelowTheDataDirectoryStayMounted() throws IOException, InterruptedException {
        install();
        text("mkdir -p " + DATA + "/server/db " + DATA + "/storage " + DATA + "/agent/containerd/tmpmounts/a");
        text("mount -t tmpfs tmpfs " + DATA + "/server && mount -t tmpfs tmpfs " + DATA + "/storage"
                + " && mount -t tmpfs tmpfs " + DATA + "/agent/containerd/tmpmounts/a"
                + " && mkdir " + DATA + "/server/db && echo rows | tee " + DATA + "/server/db/state.db " + DATA
                + "/storage/.file");
        String volume = DATA + "/kubelet/pods/u/volumes/kubernetes.io~nfs/v";
        String disk = DATA + "/kubelet/plugins/kubernetes.io/local-volume/mounts/pv";
        String bind = "mount --bind /root/share " + volume + " && mount --bind /root/share " + disk;
        text("mkdir -p /root/share " + volume + " " + disk + " && echo theirs > /root/share/file && " + bind);
        text("k3s-killall.sh");
        assertThat(mounts()).containsExactlyInAnyOrder("mount " + DATA + "/server tmpfs",
                "mount " + DATA + "/storage tmpfs");
        assertThat(text("cat " + DATA + "/server/db/state.db")).isEqualTo("rows\n");
        text("mkdir -p /var/lib/kubelet/pods/u/volumes/kubernetes.io~local-volume/pv && mount --bind /root/share"
                + " /var/lib/kubelet/pods/u/volumes/kubernetes.io~local-volume/pv");
        text(bind + " && mv /usr/local/bin/k3s-killall.sh /root/");
        text("printf '#!/bin/sh\\n' > /usr/local/bin/k3s-killall.sh && chmod 755 /usr/local/bin/k3s-killall.sh");
        text("k3s-uninstall.sh");
        assertThat(text("cat /root/share/file")).as("what a volume shows that is still mounted").isEqualTo("theirs\n");
        text("umount " + volume + " " + disk + " /var/lib/kubelet/pods/u/volumes/kubernetes.io~local-volume/pv"
                + " && rm -r " + DATA + "/kubelet /var/lib/kubelet");
        assertThat(mounts()).as("after k3s-uninstall.sh").hasSize(2);
        assertThat(text("find " + DATA + " | sort")).as("the files go").isEqualTo(DATA + "\n" + DATA + "/server\n"
                + DATA + "/storage\n");
    }

    @Test
    void aServiceIsRestartedOnlyWhenItsProgramUnitOrEnvironmentChanged() throws IOException, InterruptedException {
        text("mkdir -p /run/systemd/system /etc/systemd/system && cd /root && tar -xzf k3s.tar.gz"
                + " && printf '#!/bin/sh\\necho \"$@\" >> /root/asked\\n' > /usr/local/sbin/systemctl"
                + " && chmod 755 /usr/local/sbin/systemctl");
        assertThat(restarts("")).isOne();
        assertThat(restarts("")).as("nothing has changed").isZero();
        assertThat(restarts("K3S_DEBUG=true")).isOne();
        String changed = "K3S_DEBUG=true INSTALL_K3S_EXEC=--disable=traefik";
        assertThat(restarts(changed)).isOne();
        assertThat(restarts(changed + " INSTALL_K3S_FORCE_RESTART=true")).isOne();
        text("echo a > $(echo /root/k3s-*/)/lib/another.jar");
        assertThat(restarts(changed)).isOne();
    }

    private long restarts(String environment) throws IOException, InterruptedException {
        text("rm -f /root/asked && cd /root/k3s-*/ && " + environment + " sh ./install.sh");
        return text("cat /root/asked").lines().filter(line -> line.equals("restart k3s")).count();
    }

    private List<String> mounts() throws IOException, InterruptedException {
        return state().stream().filter(line -> line.startsWith("mount " + DATA)).toList();
    }

    private void install() throws IOException, InterruptedException {
        String said = text("cd /root && tar -xzf k3s.tar.gz && cd k3s-*/ && sh ./install.sh; code=$?;"
                + " rm -rf /root/k3s-*; exit $code");
        assertThat(said).endsWith("No running systemd found; start it yourself with: /usr/local/bin/k3s server\n");
    }

    private ChildProcess server() throws IOException, InterruptedException {
        ChildProcess server = debian.start("exec env --default-signal=INT,TERM,HUP k3s server", logFile());
        Waiting.until("ready node", server, () -> log().contains("node Ready"));
        assertThat(log()).contains("installed OS packages: containerd runc");
        System.out.println(log().lines().filter(line -> line.startsWith("[") || line.startsWith("install"))
                .collect(Collectors.joining("\n")));
        return server;
    }

    private void runPod() throws IOException, InterruptedException {
        Waiting.until("service account", Waiting.LIMIT, () -> debian.run(STEP, "kubectl get sa default").code() == 0,
                this::log);
        text("echo '" + POD + "' | kubectl apply -f -");
        Waiting.until("running pod", Waiting.LIMIT,
                () -> debian.run(STEP, "kubectl get pod stays").text().contains("Running"),
                this::log);
        assertThat(text("kubectl exec stays -- hostname")).isEqualTo("stays\n");
    }

    /// Lines of one state that are not in the other, without what the packages of Debian bring.
    private Set<String> remains(Set<String> before, Set<String> after) throws IOException {
        Set<String> packages = new HashSet<>(Files.readAllLines(Path.of(tree + ".packages")));
        Set<String> different = new TreeSet<>();
        after.stream().filter(line -> !before.contains(line)).map(line -> "+ " + line).forEach(different::add);
        before.stream().filter(line -> !after.contains(line)).map(line -> "- " + line).forEach(different::add);
        different.removeIf(line -> line.split(" ").length > 2 && packages.contains(line.split(" ")[2]));
        return different;
    }

    private Set<String> state() throws IOException, InterruptedException {
        return text("bash /root/debian.sh state").lines().collect(Collectors.toSet());
    }

    private String text(String line) throws IOException, InterruptedException {
        Outcome outcome = debian.run(STEP, line);
        assertThat(outcome.code()).as(() -> line + "\n" + outcome.text()).isZero();
        return outcome.text();
    }

    private Path logFile() {
        return debian.root().resolveSibling("server.txt");
    }

    private String log() {
        try {
            return Files.readString(logFile());
        } catch (IOException e) {
            return e.toString();
        }
    }
}
