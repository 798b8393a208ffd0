package io.k3j.apicontributions;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class ReplacementWaitTest {
    private final List<Object> states = new ArrayList<>(List.of(new Object(), new Object()));
    private final ReplacementWait patience = new ReplacementWait(this::await, () -> List.copyOf(states));
    private Runnable meanwhile = () -> {
    };
    private boolean complete;
    private int waits;

    private boolean await(BooleanSupplier wanted, long millis) {
        waits++;
        meanwhile.run();
        return !wanted.getAsBoolean();
    }

    private void request() {
        patience.await(() -> complete);
    }

    @Test
    void whatWasWaitedForInVainIsNotWaitedForAgainBeforeAnythingHasChanged() {
        request();
        request();
        request();
        assertThat(waits).isEqualTo(1);
        states.set(1, new Object());
        request();
        request();
        assertThat(waits).as("another one is being replaced").isEqualTo(2);
    }

    @Test
    void aReplacementThatBeginsWithinAWaitIsWaitedForByTheNextOne() {
        meanwhile = () -> states.set(0, new Object());
        request();
        meanwhile = () -> complete = true;
        request();
        assertThat(waits).isEqualTo(2);
        request();
        assertThat(waits).as("all is there").isEqualTo(2);
    }

    @Test
    void whatHasComeIsWaitedForWhenItIsReplacedOnceMore() {
        meanwhile = () -> complete = true;
        request();
        complete = false;
        request();
        assertThat(waits).isEqualTo(2);
    }
}
