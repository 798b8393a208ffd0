package io.k3j.dnsplugins;

import io.k3j.dnsmessage.DnsAnswer;
import io.k3j.dnsmessage.RecordType;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/// CoreDNS' plug-in `errors` (<https://coredns.io/plugins/errors/>): what went wrong while a question was answered.
/// The same cause is said once a minute, with the question that met it first.
///
/// At most 256 causes are remembered, the oldest goes first. Names and causes are written so that neither can begin a
/// line of its own ([QueryLog#printable]).
public final class ErrorLog implements Handler {
    private static final Duration QUIET = Duration.ofMinutes(1);
    private static final int MOST_CAUSES = 256;
    private final InstantSource clock;
    private final Consumer<String> lines;
    private final Handler next;
    private final Map<String, Instant> said = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
            return size() > MOST_CAUSES;
        }
    };

    /// @param clock for the minute
    /// @param lines where they go; called on the thread that answers
    public ErrorLog(InstantSource clock, Consumer<String> lines, Handler next) {
        this.clock = clock;
        this.lines = lines;
        this.next = next;
    }

    @Override
    public DnsAnswer answer(Ask ask) {
        DnsAnswer answer = next.answer(ask);
        if (!answer.later() && answer.code() == DnsAnswer.SERVER_FAILURE && !answer.why().isEmpty()
                && news(answer.why())) {
            lines.accept(
                    DnsAnswer.SERVER_FAILURE + " " + QueryLog.printable(ask.name()) + ". " + RecordType.name(ask.type())
                            + ": " + QueryLog.printable(answer.why()).replace("\\032", " "));
        }
        return answer;
    }

    /// Whether a cause has not been said within the minute.
    private boolean news(String why) {
        Instant now = clock.instant();
        synchronized (said) {
            Instant before = said.get(why);
            if (before != null && now.isBefore(before.plus(QUIET))) {
                return false;
            }
            said.put(why, now);
            return true;
        }
    }
}
