package io.k3j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Authorizer.Decision;
import io.k3j.apiserverapi.Authorizer.Verdict;
import io.k3j.apiserverapi.Caller;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// What every authorizer promises ([Authorizer]). An implementation extends it and says which one is tried, and on
/// what.
public abstract class AuthorizerContract {
    private static final int ASKED_AT_ONCE = 16;

    /// Somebody who wants something.
    public record Question(Caller caller, Attributes what) {
    }

    /// The one that is tried.
    protected abstract Authorizer authorizer();

    /// What it allows.
    protected abstract Question allowed();

    /// What it does not: it denies it, or has no opinion.
    protected abstract Question notAllowed();

    private Decision decided(Question question) {
        return authorizer().decide(question.caller(), question.what());
    }

    @Test
    void guarantee1AnswersWhateverIsAsked() {
        for (Caller caller : List.of(Caller.ANONYMOUS, Caller.of("", List.of()), allowed().caller())) {
            for (Attributes what : List.of(Attributes.path("get", "/healthz"), Attributes.path("", ""),
                    new Attributes("", "", "", "", "", "", "", ""),
                    new Attributes("*", "*", "*", "*", "*", "*", "*", ""))) {
                assertThat(decided(new Question(caller, what)).verdict()).isNotNull();
            }
        }
    }

    @Test
    void guarantee2SaysTheSameAgain() {
        assertThat(decided(allowed()).verdict()).isEqualTo(Verdict.ALLOW);
        assertThat(decided(allowed())).isEqualTo(decided(allowed()));
        assertThat(decided(notAllowed()).verdict()).isNotEqualTo(Verdict.ALLOW);
        assertThat(decided(notAllowed())).isEqualTo(decided(notAllowed()));
    }

    @Test
    void guarantee3TellsItsRulesOfAnybody() {
        for (Caller caller : List.of(Caller.ANONYMOUS, allowed().caller())) {
            assertThat(authorizer().resourceRules(caller, "default")).isNotNull();
            assertThat(authorizer().pathRules(caller)).isNotNull();
        }
        assertThat(authorizer().rulesProblem()).isNotNull();
    }

    @Test
    void guarantee4IsAskedBySeveralThreadsAtOnce() throws Exception {
        List<Future<Verdict>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < ASKED_AT_ONCE; i++) {
                answers.add(threads.submit(() -> decided(allowed()).verdict()));
            }
        }
        for (Future<Verdict> answer : answers) {
            assertThat(answer.get()).isEqualTo(Verdict.ALLOW);
        }
    }
}
