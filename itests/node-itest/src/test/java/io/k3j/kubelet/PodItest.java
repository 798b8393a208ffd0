package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkitbase.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Pods from an API in memory to real containers.
class PodItest extends NodeScene {
    @Test
    void runsAPodAndGivesItBackWithoutATrace() throws Exception {
        create("web", Struct.of("name", "c", "image", IMAGE));
        Obj pod = until("web", NodeScene::ready).orElseThrow();
        assertThat(pod.status().text("podIP")).startsWith("10.88.77.");
        assertThat(exec("web", "cat /www/index.html")).isEqualTo("web\n");
        delete("web", -1);
        until("web", Optional::isEmpty);
        assertThat(directory.resolve("kubelet/pods")).isEmptyDirectory();
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(pod.uid());
    }

    @Test
    void givesAPodItsSysctls() throws Exception {
        create("sysctls", shell(LOOP), "securityContext", Struct.of("sysctls",
                Seq.of(Struct.of("name", "kernel.shm_rmid_forced", "value", "1"),
                        Struct.of("name", "net/ipv4/ip_local_port_range", "value", "2000 3000"))));
        until("sysctls", NodeScene::ready);
        assertThat(exec("sysctls", "cat /proc/sys/kernel/shm_rmid_forced /proc/sys/net/ipv4/ip_local_port_range"))
                .isEqualTo("1\n2000\t3000\n");
    }

    @Test
    void finishesAPodThatEndsAndKeepsItsLastWords() throws Exception {
        create("job", shell("echo why > /dev/termination-log; exit 3"), "restartPolicy", "Never");
        Obj pod = until("job", o -> phase(o).equals("Failed")).orElseThrow();
        Struct end = container(pod).struct("state").struct("terminated");
        assertThat(end.whole("exitCode", 0)).isEqualTo(3);
        assertThat(end.text("message")).isEqualTo("why\n");
    }

    @Test
    void waitsLongerAfterTheSecondCrash() throws Exception {
        create("crash", shell("exit 1"));
        Obj pod = until("crash", o -> o.isPresent() && container(o.get()).struct("state").struct("waiting")
                .text("reason").equals("CrashLoopBackOff")).orElseThrow();
        assertThat(container(pod).whole("restartCount", 0)).as("the first one is followed by a start at once")
                .isPositive();
    }

    @Test
    void restartsAContainerThatFailsItsProbe() throws Exception {
        // what takes long on a busy machine is not sick
        Struct probe = Struct.of("exec", Struct.of("command", Seq.of("test", "!", "-e", "/tmp/sick")), "periodSeconds",
                1, "timeoutSeconds", 60, "failureThreshold", 1);
        create("sick", shell(LOOP).with("livenessProbe", probe));
        until("sick", NodeScene::ready);
        exec("sick", "touch /tmp/sick");
        until("sick", o -> o.isPresent() && container(o.get()).whole("restartCount", 0) == 1);
    }

    @Test
    void showsAChangedConfigMapInTheRunningPod() throws Exception {
        Gvr maps = new Gvr("", "v1", "configmaps");
        Obj map = api.create(maps, Obj.of(Struct.of("apiVersion", "v1", "kind", "ConfigMap", "metadata",
                Struct.of("name", "m", "namespace", "default"), "data", Struct.of("k", "old"))), WriteOptions.PLAIN);
        create("vol", shell(LOOP).with("volumeMounts", Seq.of(Struct.of("name", "v", "mountPath", "/v"))), "volumes",
                Seq.of(Struct.of("name", "v", "configMap", Struct.of("name", "m"))));
        until("vol", NodeScene::ready);
        api.update(maps, map.with("new", "data", "k"), WriteOptions.PLAIN);
        Waiting.until("new value in the pod", () -> exec("vol", "cat /v/k").equals("new"));
    }

    @Test
    void letsTheNextKubeletAdoptWhatRuns() throws Exception {
        create("keep", shell(LOOP));
        String id = container(until("keep", NodeScene::ready).orElseThrow()).text("containerID");
        agent.close();
        agent = agent();
        Waiting.until("adopted pod", () -> agent.workers().find("default", "keep").isPresent());
        Obj pod = until("keep", NodeScene::ready).orElseThrow();
        assertThat(container(pod).text("containerID")).isEqualTo(id);
        assertThat(container(pod).whole("restartCount", 9)).isZero();
    }

    @Test
    void runsOnWithoutAnApiAndCatchesUpWithTheNext() throws Exception {
        create("away", shell(LOOP));
        until("away", NodeScene::ready);
        agent.detach(api);
        delete("away", 0);
        create("late", shell(LOOP));
        assertThat(exec("away", "echo on")).isEqualTo("on\n");
        agent.attach(api);
        until("away", Optional::isEmpty);
        until("late", NodeScene::ready);
    }
}
