package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class EnvironmentFilesTest extends PodScene {
    @Test
    void aContainerBeginsWhenTheFileWithItsVariableIsThere() throws Exception {
        Struct ref = Struct.of("volumeName", "v", "path", "a.env", "key", "A");
        Struct env = Struct.of("name", "B", "valueFrom", Struct.of("fileKeyRef", ref));
        Obj pod = pod("p", spec(container("c").with("env", Seq.of(env))).with("volumes",
                Seq.of(Struct.of("name", "v", "emptyDir", Struct.EMPTY))));
        until(() -> waiting(pod).text("reason").equals("CreateContainerConfigError"));
        assertThat(waiting(pod).text("message"))
                .isEqualTo("couldn't parse env file: a.env: there is no such file");
        Path volume = tools.options().podDir(pod.uid()).resolve("volumes/kubernetes.io~empty-dir/v");
        Files.writeString(volume.resolve("a.env"), "A='one\ntwo'\n");
        until(() -> {
            workers.wakeAll();
            return ready(pod);
        });
        assertThat(runtime.configs.getFirst().seq("envs").find("key", "B").text("value")).isEqualTo("one\ntwo");
    }

    private Struct waiting(Obj pod) {
        return now(pod).status().seq("containerStatuses").find("name", "c").struct("state").struct("waiting");
    }
}
