package io.k3j.dnsplugins;

import io.k3j.dnsmessage.DnsAnswer;
import java.util.List;

/// CoreDNS' plug-in `minimal` (<https://coredns.io/plugins/minimal/>): an answer has nothing beside its records.
/// Denials, errors and delegations stay as they are. Waits as the links behind it.
public record MinimalAnswer(Handler next) implements Handler {
    @Override
    public DnsAnswer answer(Ask ask) {
        DnsAnswer answer = next.answer(ask);
        return answer.later() || !answer.outcome().equals("success") ? answer
                : new DnsAnswer(answer.code(), answer.flags(), answer.records(), List.of(), List.of(), answer.from(),
                        answer.why());
    }
}
