package io.k3j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.componentapi.Retire;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What everybody promises who cleans up after a component ([Retire]). An implementation extends it and says which one
/// is tried, on what, and how it is told what is left.
public abstract class RetireContract {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /// The one that is tried, another one at each call as at each start of a server.
    protected abstract Retire retire();

    /// Makes what the component makes while it runs.
    protected abstract void make() throws Exception;

    /// Whether anything of that is there.
    protected abstract boolean left() throws Exception;

    /// From now on what it has to do fails, as without the right to.
    protected abstract void hinder();

    /// From now on it does not any more.
    protected abstract void letGo();

    @Test
    void guarantee1NothingIsLeft() throws Exception {
        make();
        assertThat(left()).as("there is something to clean up").isTrue();
        retire().retire();
        assertThat(left()).as("something is left").isFalse();
    }

    @Test
    void guarantee2CalledAgainItChangesNothing() throws Exception {
        retire().retire();
        make();
        retire().retire();
        retire().retire();
        assertThat(left()).isFalse();
    }

    @Test
    void guarantee3TellsWhatItFailsAtAndDoesItAgain() throws Exception {
        make();
        hinder();
        assertThatThrownBy(() -> retire().retire()).isInstanceOf(Exception.class);
        letGo();
        retire().retire();
        assertThat(left()).isFalse();
    }

    @Test
    void guarantee4EndsInTime() throws Exception {
        make();
        FutureTask<Boolean> task = new FutureTask<>(() -> {
            retire().retire();
            return true;
        });
        Thread.startVirtualThread(task);
        assertThat(task.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
}
