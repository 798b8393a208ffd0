package io.k3j.testkit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.componentapi.Retire;
import org.junit.jupiter.api.Test;

/// The suite of [Retire] lets pass who cleans up, and finds who does not.
class RetireContractTest {
    /// A component that has made one thing, and somebody who takes it away.
    private static final class Made extends RetireContract {
        private final boolean silent;
        private final boolean once;
        private boolean there;
        private boolean hindered;

        /// @param silent whether it does not tell what it fails at
        /// @param once whether it fails where there is nothing
        Made(boolean silent, boolean once) {
            this.silent = silent;
            this.once = once;
        }

        private void takeAway() {
            if (once && !there) {
                throw new IllegalStateException("there is nothing");
            }
            if (hindered && !silent) {
                throw new IllegalStateException("may not");
            }
            there &= hindered;
        }

        @Override
        protected Retire retire() {
            return this::takeAway;
        }

        @Override
        protected void make() {
            there = true;
        }

        @Override
        protected boolean left() {
            return there;
        }

        @Override
        protected void hinder() {
            hindered = true;
        }

        @Override
        protected void letGo() {
            hindered = false;
        }
    }

    @Test
    void whoCleansUpPasses() {
        assertThatCode(() -> {
            new Made(false, false).guarantee1NothingIsLeft();
            new Made(false, false).guarantee2CalledAgainItChangesNothing();
            new Made(false, false).guarantee3TellsWhatItFailsAtAndDoesItAgain();
            new Made(false, false).guarantee4EndsInTime();
        }).doesNotThrowAnyException();
    }

    @Test
    void whoDoesNotIsFound() {
        Made idle = new Made(true, false);
        idle.hinder();
        assertThatThrownBy(idle::guarantee1NothingIsLeft).isInstanceOf(AssertionError.class);
        assertThatThrownBy(new Made(false, true)::guarantee2CalledAgainItChangesNothing)
                .as("fails where there is nothing").isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(new Made(true, false)::guarantee3TellsWhatItFailsAtAndDoesItAgain)
                .as("does not tell").isInstanceOf(AssertionError.class);
    }
}
