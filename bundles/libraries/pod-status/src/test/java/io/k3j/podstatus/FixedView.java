package io.k3j.podstatus;

import io.k3j.nodeapi.Container;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a worker knows of a pod, as a test says it.
final class FixedView implements PodStatus.View {
    final Map<String, PodStatus.Waiting> waiting = new HashMap<>();
    boolean ended;
    boolean released;
    boolean rejected;
    boolean disrupted;
    Instant now = Instant.EPOCH;
    PodStatus.Waiting failure;
    ResizeStatus resources = new ResizeStatus(Map.of(), Map.of(), Map.of(), ResizeStatus.OfPod.NONE);
    String words = "";

    @Override
    public Map<String, PodStatus.Waiting> waiting() {
        return waiting;
    }

    @Override
    public boolean started(Container c) {
        return true;
    }

    @Override
    public boolean ready(Container c) {
        return true;
    }

    @Override
    public String lastWords(Container c) {
        return words;
    }

    @Override
    public ResizeStatus resources() {
        return resources;
    }

    @Override
    public List<String> hostAddresses() {
        return List.of("192.0.2.1");
    }

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public boolean restarts(Container c) {
        return false;
    }

    @Override
    public boolean ended() {
        return ended;
    }

    @Override
    public boolean released() {
        return released;
    }

    @Override
    public PodStatus.Waiting failure() {
        return failure;
    }

    @Override
    public boolean disrupted() {
        return disrupted;
    }

    @Override
    public boolean rejected() {
        return rejected;
    }
}
