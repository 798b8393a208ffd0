package io.k3j.featuresitest;

import io.k3j.componentapi.ClusterDecisions;
import io.k3j.componentapi.SwapRefused;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The decisions of a cluster, in memory: what every server sees.
final class StoredDecisions implements ClusterDecisions {
    private final Map<String, Report> reports = new ConcurrentHashMap<>();
    private Decided current = new Decided(0, Map.of());

    @Override
    public synchronized Decided decided() {
        return current;
    }

    @Override
    public synchronized Decided next(Decided known, Duration atMost) throws InterruptedException {
        if (current.equals(known)) {
            wait(atMost.toMillis());
        }
        return current;
    }

    @Override
    public synchronized Decided decide(Decided now) {
        if (now.revision() != current.revision()) {
            throw new SwapRefused("another server was faster");
        }
        current = new Decided(current.revision() + 1, now.components());
        notifyAll();
        return current;
    }

    @Override
    public void report(long revision, Map<String, String> states) {
        reports.put("here", new Report("here", revision, states));
    }

    @Override
    public List<Report> reports() {
        return List.copyOf(reports.values());
    }

    /// What this server has said about a component.
    String said(String component) {
        Report report = reports.get("here");
        return report == null ? "" : report.states().getOrDefault(component, "");
    }

    /// Another server decides.
    void elsewhere(Map<String, Boolean> components) {
        decide(new Decided(decided().revision(), components));
    }
}
