package io.k3j.dnsplugins;

import io.k3j.dnsmessage.DnsAnswer;
import io.k3j.dnsmessage.DnsMessageWriter;
import io.k3j.dnsmessage.DnsQuery;
import io.k3j.dnsmessage.RecordType;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// CoreDNS' plug-in `log` (<https://coredns.io/plugins/log/>): one line for each question, as its format says. At most
/// 1000 lines a second, so that a flood of questions is none of the disk.
public final class QueryLog implements Handler {
    /// What is left out is told in a line of its own when the second is over.
    public static final int MOST_A_SECOND = 1000;
    /// CoreDNS' format `{common}`, used when a Corefile has none.
    public static final String COMMON = "{remote}:{port} - {>id} \"{type} {class} {name} {proto} {size} {>do}"
            + " {>bufsize}\" {rcode} {>rflags} {rsize} {duration}";
    /// CoreDNS' format `{combined}`: the operation, too.
    static final String COMBINED = COMMON.replace("{>id} ", "{>id} {>opcode} ");
    private final List<Rule> rules;
    private final InstantSource clock;
    private final Consumer<String> lines;
    private final Handler next;
    private final AtomicInteger said = new AtomicInteger();
    private volatile long second;

    /// The first one whose zones hold the name counts.
    ///
    /// @param format with words as `{name}`
    /// @param classes of `success`, `denial`, `error`; empty for all
    public record Rule(Zones zones, String format, Set<String> classes) {
    }

    /// @param lines where they go
    public QueryLog(List<Rule> rules, InstantSource clock, Consumer<String> lines, Handler next) {
        this.rules = rules;
        this.clock = clock;
        this.lines = lines;
        this.next = next;
    }

    @Override
    public DnsAnswer answer(Ask ask) {
        long begun = System.nanoTime();
        DnsAnswer answer = next.answer(ask);
        if (!answer.later()) {
            for (Rule rule : rules) {
                if (rule.zones().hold(ask.name())) {
                    if (rule.classes().isEmpty() || rule.classes().contains(answer.outcome())) {
                        say(line(rule.format(), ask, answer, Duration.ofNanos(System.nanoTime() - begun)));
                    }
                    break;
                }
            }
        }
        return answer;
    }

    /// Counts by the second; a race between threads may let a few lines more through.
    private void say(String line) {
        Instant now = clock.instant();
        if (now.getEpochSecond() != second) {
            int before = said.getAndSet(0);
            second = now.getEpochSecond();
            if (before > MOST_A_SECOND) {
                lines.accept(before - MOST_A_SECOND + " lines left out, more than " + MOST_A_SECOND + " a second");
            }
        }
        if (said.incrementAndGet() <= MOST_A_SECOND) {
            lines.accept(line);
        }
    }

    /// The words of a format in place. The name comes last: a client chooses it, and it may look like a word.
    private static String line(String format, Ask ask, DnsAnswer answer, Duration took) {
        DnsQuery q = ask.query();
        String client = ask.client().getAddress().getHostAddress();
        int length = DnsMessageWriter.write(q, answer, 65_535).length;
        return format.replace("{combined}", COMBINED).replace("{common}", COMMON)
                .replace("{type}", RecordType.name(ask.type())).replace("{class}", "IN")
                .replace("{proto}", ask.tcp() ? "tcp" : "udp")
                .replace("{remote}", client.contains(":") ? "[" + client + "]" : client)
                .replace("{port}", Integer.toString(ask.client().getPort()))
                .replace("{size}", Integer.toString(q.wire().length)).replace("{>id}", Integer.toString(q.id()))
                .replace("{>opcode}", Integer.toString(q.flags() >> 11 & 0xF))
                .replace("{>do}", Boolean.toString(q.dnssec())).replace("{>bufsize}", Integer.toString(q.udp()))
                .replace("{rcode}", RecordType.code(answer.code())).replace("{rsize}", Integer.toString(length))
                .replace("{>rflags}", flags(q, answer))
                .replace("{duration}", String.format(Locale.ROOT, "%.9fs", took.toNanos() / 1e9))
                .replace("{name}", printable(ask.name()) + ".");
    }

    /// The flags of the response, as `qr,aa,rd,ra`.
    private static String flags(DnsQuery q, DnsAnswer answer) {
        return "qr" + ((answer.flags() & DnsAnswer.AUTHORITATIVE) != 0 ? ",aa" : "")
                + ((q.flags() & DnsQuery.RECURSION) != 0 ? ",rd" : "") + ",ra"
                + ((answer.flags() & DnsAnswer.AUTHENTIC) != 0 ? ",ad" : "");
    }

    /// A name without anything that could begin a line of its own.
    /// @param name of any bytes, as clients may send them
    /// @return ASCII without spaces; other bytes as `\DDD`, as zone files have them
    static String printable(String name) {
        StringBuilder all = new StringBuilder(name.length());
        for (char c : name.toCharArray()) {
            if (c > ' ' && c < 127) {
                all.append(c);
            } else {
                all.append(String.format(Locale.ROOT, "\\%03d", (int) c));
            }
        }
        return all.toString();
    }
}
