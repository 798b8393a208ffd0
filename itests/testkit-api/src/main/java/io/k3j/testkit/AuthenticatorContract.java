package io.k3j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Authenticator;
import io.k3j.apiserverapi.Authenticator.BadCredential;
import io.k3j.apiserverapi.Authenticator.Credentials;
import io.k3j.apiserverapi.Authenticator.Reviewed;
import io.k3j.apiserverapi.Caller;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// What every authenticator promises ([Authenticator]). An implementation extends it and says which one is tried, and
/// on what.
public abstract class AuthenticatorContract {
    private static final int ASKED_AT_ONCE = 16;

    /// The one that is tried.
    protected abstract Authenticator authenticator();

    /// Credentials that it takes.
    protected abstract Credentials good();

    /// Credentials of a sort it knows, which are wrong.
    protected abstract Credentials wrong();

    private static Credentials token(String bearer) {
        return new Credentials(List.of(), bearer, List.of());
    }

    private Caller known() throws BadCredential {
        return authenticator().authenticate(good()).orElseThrow();
    }

    @Test
    void guarantee1SaysNothingOfWhoShowsNothing() throws BadCredential {
        assertThat(authenticator().authenticate(token(""))).isEmpty();
    }

    @Test
    void guarantee2LeavesToOthersWhatIsOfAnotherSort() throws BadCredential {
        assertThat(authenticator().authenticate(token("of-a-sort-that-nobody-knows"))).isEmpty();
    }

    @Test
    void guarantee3NamesWhoItIsAndTheSameAgain() throws BadCredential {
        assertThat(known().user()).isNotBlank();
        assertThat(known()).isEqualTo(known());
    }

    @Test
    void guarantee4RefusesWhatIsWrongAndDoesNotRepeatIt() {
        Credentials wrong = wrong();
        assertThatThrownBy(() -> authenticator().authenticate(wrong)).isInstanceOfSatisfying(BadCredential.class,
                problem -> {
                    assertThat(problem.getMessage()).isNotBlank();
                    if (!wrong.bearer().isEmpty()) {
                        assertThat(problem.getMessage()).doesNotContain(wrong.bearer());
                    }
                });
    }

    @Test
    void guarantee5AReviewSaysTheSame() throws BadCredential {
        Optional<Reviewed> reviewed = authenticator().review(good());
        assertThat(reviewed.map(Reviewed::caller)).contains(known());
        assertThat(authenticator().review(token(""))).isEmpty();
        assertThatThrownBy(() -> authenticator().review(wrong())).isInstanceOf(BadCredential.class);
    }

    @Test
    void guarantee6IsAskedBySeveralThreadsAtOnce() throws Exception {
        Caller alone = known();
        List<Future<Caller>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < ASKED_AT_ONCE; i++) {
                answers.add(threads.submit(this::known));
            }
        }
        for (Future<Caller> answer : answers) {
            assertThat(answer.get()).isEqualTo(alone);
        }
    }
}
