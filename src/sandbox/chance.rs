//! Weighted draws.

/// The index that a draw falls on, each as likely as its weight. The weights must not all be 0.
pub(super) fn weighted(rng: &mut fastrand::Rng, weights: &[u32]) -> usize {
    let mut draw = rng.u32(..weights.iter().sum::<u32>());
    weights
        .iter()
        .position(|&weight| {
            let hit = draw < weight;
            draw = draw.saturating_sub(weight);
            hit
        })
        .expect("the draw is below the sum of the weights")
}

/// True in `percent` of a hundred draws.
pub(super) fn percent(rng: &mut fastrand::Rng, percent: u32) -> bool {
    rng.u32(..100) < percent
}
