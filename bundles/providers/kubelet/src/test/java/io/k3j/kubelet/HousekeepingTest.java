package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.kubeletimages.ImageGarbageCollector;
import io.k3j.model.Struct;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HousekeepingTest extends PodScene {
    @Test
    void anAmountThatCannotBeReadKeepsNoImageOnTheDisk() throws Exception {
        pod("a", spec(container("c").with("resources", Struct.of("requests", Struct.of("memory", "128MB")))));
        until(() -> !workers.all().isEmpty());
        AtomicInteger collected = new AtomicInteger();
        ImageGarbageCollector images = collector();
        images.using(() -> {
            collected.incrementAndGet();
            return Set.of();
        });
        Housekeeping housekeeping = new Housekeeping(tools, workers, images);
        housekeeping.round(29);
        assertThat(collected).hasValue(0);
        housekeeping.round(30);
        assertThat(collected).hasPositiveValue();
    }
}
