package io.k3j.testkitedge;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// The suite lets pass who keeps the promises, and finds each that is broken.
class EndpointContractTest {
    /// How somebody answers.
    private interface Answer {
        void to(Exchange exchange) throws IOException;
    }

    private static EndpointContract of(Answer answer) {
        return of(Set.of("/acme"), answer);
    }

    private static EndpointContract of(Set<String> prefixes, Answer answer) {
        return new EndpointContract() {
            private final Endpoint endpoint = new Endpoint() {
                @Override
                public Set<String> prefixes() {
                    return prefixes;
                }

                @Override
                public void serve(Exchange exchange) throws IOException {
                    answer.to(exchange);
                }
            };

            @Override
            protected Endpoint endpoint() {
                return endpoint;
            }

            @Override
            protected FakeExchange good() {
                return new FakeExchange("GET", "/acme/good");
            }

            @Override
            protected FakeExchange refused() {
                return new FakeExchange("GET", "/acme/absent");
            }
        };
    }

    private static int status(Exchange exchange) {
        return exchange.path().equals("/acme/good") ? 200 : 404;
    }

    @Test
    void oneThatKeepsItsPromisesPasses() {
        EndpointContract kept = of(
                exchange -> exchange.respond(status(exchange), Map.of("content-type", "text/plain")));
        assertThatCode(() -> {
            kept.guarantee1ItsPrefixesAreThereAndStay();
            kept.guarantee2AnswersEachRequestOnce();
            kept.guarantee3AnswersWhatItRefusesToo();
            kept.guarantee4ItsHeadersMayLeaveByHttp2();
            kept.guarantee5EndsWhenTheClientHasGone();
            kept.guarantee6IsAskedBySeveralThreadsAtOnce();
        }).doesNotThrowAnyException();
    }

    @Test
    void wrongOnesAreFound() {
        assertThatThrownBy(of(Set.of("acme"), exchange -> {
        })::guarantee1ItsPrefixesAreThereAndStay).isInstanceOf(AssertionError.class);
        assertThatThrownBy(of(Set.of("/other"), exchange -> {
        })::guarantee1ItsPrefixesAreThereAndStay).isInstanceOf(AssertionError.class);
        assertThatThrownBy(of(exchange -> {
            exchange.respond(200, Map.of());
            exchange.respond(200, Map.of());
        })::guarantee2AnswersEachRequestOnce).as("twice").isInstanceOf(AssertionError.class);
        assertThatThrownBy(of(exchange -> {
        })::guarantee3AnswersWhatItRefusesToo).as("not at all").isInstanceOf(AssertionError.class);
        assertThatThrownBy(of(exchange -> exchange.respond(status(exchange),
                Map.of("Connection", "close")))::guarantee4ItsHeadersMayLeaveByHttp2)
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(of(exchange -> exchange.respond(status(exchange),
                Map.of("connection", "close")))::guarantee4ItsHeadersMayLeaveByHttp2)
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(of(exchange -> {
            try {
                exchange.respond(status(exchange), Map.of());
            } catch (IOException gone) {
                exchange.respond(500, Map.of());
            }
        })::guarantee5EndsWhenTheClientHasGone).as("tries again").isInstanceOf(AssertionError.class);
        AtomicInteger asked = new AtomicInteger();
        assertThatThrownBy(of(exchange -> exchange.respond(asked.incrementAndGet() > 1 ? 503 : 200,
                Map.of()))::guarantee6IsAskedBySeveralThreadsAtOnce).as("one at a time")
                .isInstanceOf(AssertionError.class);
    }
}
