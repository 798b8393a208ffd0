package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.Query;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What people are told of images and starts of containers.
class ImageEventsTest extends PodScene {
    private List<String> events() {
        while (tools.events().step()) {
            // each is written
        }
        return api.list(Gvr.of("v1", "events"), Query.ALL).items().stream().map(Obj::tree)
                .map(e -> e.text("type") + " " + e.text("reason") + ": " + e.text("message")).toList();
    }

    private Struct waiting(Obj pod) {
        return now(pod).status().seq("containerStatuses").struct(0).struct("state").struct("waiting");
    }

    @Test
    void aNameThatIsNoneIsNotPulled() throws Exception {
        Obj pod = pod("p", spec(container("c").with("image", "No Name")));
        until(() -> waiting(pod).text("reason").equals("InvalidImageName"));
        String problem = "Failed to apply default image tag \"No Name\": couldn't parse image name \"No Name\": invalid"
                + " reference format: repository name (No Name) must be lowercase";
        assertThat(waiting(pod).text("message")).isEqualTo(problem);
        until(() -> events().containsAll(List.of("Warning InspectFailed: " + problem,
                "Warning Failed: Error: InvalidImageName")));
        assertThat(called("pull")).isFalse();
    }

    @Test
    void anImageThatIsNotThereAndMustNotBePulled() throws Exception {
        runtime.absent.add("image:1");
        pod("p", spec(container("c").with("imagePullPolicy", "Never")));
        until(() -> events().containsAll(List.of("Warning ErrImageNeverPull: Container image \"image:1\" is not present"
                + " with pull policy of Never", "Warning Failed: Error: ErrImageNeverPull")));
    }

    @Test
    void aContainerIsMadeAndStarted() throws Exception {
        Obj pod = pod("p", spec(container("c")));
        until(() -> ready(pod));
        until(() -> events().containsAll(List.of("Normal Created: Container created",
                "Normal Started: Container started")));
    }
}
