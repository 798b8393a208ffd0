package io.k3j.metricsserver;

import io.k3j.model.Key;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What one kubelet said: the node's figures, null when they are not complete, and those of containers by pod and name.
/// A pod of which one container is not complete is not in it.
record NodeSample(@Nullable Point node, Map<Key, Map<String, Point>> pods) {
}
