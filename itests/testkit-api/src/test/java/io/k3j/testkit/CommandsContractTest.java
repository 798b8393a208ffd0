package io.k3j.testkit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// The suite of commands lets pass what operators can type, and finds what they cannot.
class CommandsContractTest {
    /// Doors, as an operator sees to them.
    public static final class Doors {
        /// A parameter of each kind.
        public String open(String which, int wide, Thread.State how, String[] more) {
            return which + wide + how + more.length;
        }

        /// Nothing that can be typed becomes a list.
        public String close(List<String> which) {
            return which.toString();
        }

        String lock() {
            return "locked";
        }
    }

    /// Nobody outside of this package can call its methods.
    static final class Hidden {
        public String open() {
            return "open";
        }
    }

    private static CommandsContract of(Object commands, String function, Callable<?> typed) {
        return new CommandsContract() {
            @Override
            protected Object commands() {
                return commands;
            }

            @Override
            protected Set<String> functions() {
                return Set.of(function);
            }

            @Override
            protected void type() throws Exception {
                typed.call();
            }
        };
    }

    @Test
    void whatCanBeTypedPasses() {
        Doors doors = new Doors();
        CommandsContract kept = of(doors, "open",
                () -> doors.open("front", 2, Thread.State.WAITING, new String[] {"slowly"}));
        assertThatCode(() -> {
            kept.guarantee1EachFunctionIsAPublicMethodOfAPublicClass();
            kept.guarantee2ItsParametersAreWhatWordsBecome();
            kept.guarantee3EndsWhenItsThreadIsInterrupted();
            kept.guarantee4SeveralOperatorsTypeAtOnce();
        }).doesNotThrowAnyException();
    }

    @Test
    void whatCannotBeTypedIsFound() {
        assertThatThrownBy(of(new Doors(), "lock", () -> "")::guarantee1EachFunctionIsAPublicMethodOfAPublicClass)
                .as("a method that is not public").isInstanceOf(AssertionError.class);
        assertThatThrownBy(of(new Doors(), "paint", () -> "")::guarantee1EachFunctionIsAPublicMethodOfAPublicClass)
                .as("no method").isInstanceOf(AssertionError.class);
        assertThatThrownBy(of(new Hidden(), "open", () -> "")::guarantee1EachFunctionIsAPublicMethodOfAPublicClass)
                .as("a class that is not public").isInstanceOf(AssertionError.class);
        assertThatThrownBy(of(new Doors(), "close", () -> "")::guarantee2ItsParametersAreWhatWordsBecome)
                .as("a parameter that no word becomes").isInstanceOf(AssertionError.class);
    }

    @Test
    void whatOnlyOneCanTypeIsFound() {
        AtomicInteger typing = new AtomicInteger();
        assertThatThrownBy(of(new Doors(), "open", () -> {
            if (typing.incrementAndGet() > 1) {
                throw new IllegalStateException("somebody else types");
            }
            return "";
        })::guarantee4SeveralOperatorsTypeAtOnce).hasRootCauseInstanceOf(IllegalStateException.class);
    }
}
