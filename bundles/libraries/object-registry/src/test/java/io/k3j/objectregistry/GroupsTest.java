package io.k3j.objectregistry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GroupsTest {
    @Test
    void stableVersionsComeFirstThenTheNewest() {
        List<String> sorted = Stream.of("foo", "v1alpha1", "v2beta1", "v1", "v10", "v2beta10", "v2", "bar")
                .sorted(Groups::byStability).toList();
        assertThat(sorted).containsExactly("v10", "v2", "v1", "v2beta10", "v2beta1", "v1alpha1", "bar", "foo");
    }
}
