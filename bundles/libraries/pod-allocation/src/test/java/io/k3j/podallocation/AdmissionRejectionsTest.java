package io.k3j.podallocation;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.podstatus.PodStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AdmissionRejectionsTest {
    @Test
    void reasonsAreFew() {
        AdmissionRejections rejections = new AdmissionRejections();
        for (String reason : List.of("OutOfcpu", "OutOfcpu", "OutOfexample.com/gpu", "OutOfhugepages-2Mi",
                "NodeAffinity")) {
            rejections.count(new PodStatus.Waiting(reason, "why"));
        }
        assertThat(rejections.counts()).isEqualTo(Map.of("OutOfcpu", 2L, "OutOfExtendedResources", 2L, "Other", 1L));
    }
}
