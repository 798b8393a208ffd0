package io.k3j.workloadrules;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PullPolicyTest {
    @ParameterizedTest
    @CsvSource({"nginx,Always", "nginx:latest,Always", "nginx:1.25,IfNotPresent", "localhost:5000/nginx,Always",
            "localhost:5000/a/nginx:2,IfNotPresent", "nginx@sha256:abc,IfNotPresent"})
    void pullPolicyFollowsTheTag(String image, String policy) {
        assertThat(PodDefaults.pullPolicy(image)).isEqualTo(policy);
    }
}
