package io.k3j.dnsplugins;

import io.k3j.dnsmessage.DnsAnswer;
import io.k3j.dnsmessage.DomainNames;
import io.k3j.dnsmessage.ResourceRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// CoreDNS' plug-in `rewrite` (<https://coredns.io/plugins/rewrite/>): changes the question on its way in and the
/// records on their way out. The client sees its own question.
///
/// A name that is none after the change is a failure, and so is a record that cannot be changed back.
///
/// @param rules in the order they are written
public record Rewrite(List<Rule> rules, Handler next) implements Handler {
    /// As Corefiles and [DnsAnswer#from] name it.
    public static final String NAME = "rewrite";

    /// A rule that does or does not fit a question.
    public interface Rule {
        /// What is asked instead and how records are changed; null when the rule does not fit.
        @org.jspecify.annotations.Nullable
        Change apply(Ask ask);

        /// Whether no further rule is looked at once this one fits.
        /// True for `stop`, which is what a rule without a word is.
        boolean stops();
    }

    /// What a rule makes of a question.
    /// @param ask the question from now on
    /// @param back for every record of the answer
    record Change(Ask ask, List<UnaryOperator<ResourceRecord>> back) {
    }

    @Override
    public DnsAnswer answer(Ask asked) {
        Ask ask = asked;
        List<UnaryOperator<ResourceRecord>> back = new ArrayList<>();
        for (Rule rule : rules) {
            Change change = rule.apply(ask);
            if (change != null) {
                ask = change.ask();
                back.addAll(change.back());
                if (rule.stops()) {
                    break;
                }
            }
        }
        try {
            DomainNames.wire(ask.name());
        } catch (IllegalArgumentException e) {
            return DnsAnswer.coded(DnsAnswer.SERVER_FAILURE, NAME, "invalid name after rewrite: " + e.getMessage());
        }
        DnsAnswer answer = next.answer(ask);
        return answer.later() || back.isEmpty() ? answer : reverted(answer, back);
    }

    /// The last change is taken back first.
    private static DnsAnswer reverted(DnsAnswer answer, List<UnaryOperator<ResourceRecord>> back) {
        List<UnaryOperator<ResourceRecord>> order = back.reversed();
        try {
            return answer.mapped(record -> {
                ResourceRecord r = record;
                for (UnaryOperator<ResourceRecord> change : order) {
                    r = change.apply(r);
                }
                return r;
            });
        } catch (IllegalArgumentException e) {
            return DnsAnswer.coded(DnsAnswer.SERVER_FAILURE, NAME, "invalid name after rewrite: " + e.getMessage());
        }
    }
}
