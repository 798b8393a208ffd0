package io.k3j.componentbase;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class BoundServicesTest {
    private final BoundServices<String> services = new BoundServices<>();

    @Test
    void aServiceThatIsBoundTwiceCountsOnceAndGoesAtOnce() {
        services.add("one", () -> true);
        services.add("two", () -> true);
        services.add("one", () -> true);
        assertThat(services.present()).containsExactlyInAnyOrder("one", "two");
        services.remove("one");
        assertThat(services.present()).containsExactly("two");
        services.remove("one");
        assertThat(services.present()).containsExactly("two");
    }

    @Test
    void oneThatIsReplacedIsMissedByNobodyMeanwhile() {
        services.add("one", () -> true);
        services.replace(there -> {
            assertThat(services.present()).containsExactly("one");
            return there.equals("one");
        }, "two", () -> true);
        assertThat(services.present()).containsExactly("two");
    }

    @Test
    void oneThatIsBoundAfterItsEndIsNoneOfThem() {
        services.remove("late");
        AtomicBoolean registered = new AtomicBoolean(true);
        services.add("late", registered::get);
        assertThat(services.present()).as("its unregistering is under way").containsExactly("late");
        registered.set(false);
        assertThat(services.present()).isEmpty();
        registered.set(true);
        assertThat(services.present()).as("it has gone for good").isEmpty();
    }
}
